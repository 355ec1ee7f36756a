// Everything works without this file: it only improves what the page already does.
import { initAll } from "./govuk-frontend.js";

initAll();
