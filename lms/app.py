"""The composition root: settings, database, plugins, pages, in that order.

`wsgi.py`, the command line, the worker and the tests call `create_app`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from flask import Flask

from lms import clock, web
from lms.db import db
from lms.plugins import PluginError, build_manager
from lms.registry import Guest, Registry
from lms.settings import Settings, SettingsError, read_settings
from lms.web.opening import LmsFlask


def create_app(settings: Settings | None = None, plugins: Iterable[object] = ()) -> LmsFlask:
    """The application for these settings (default: the environment's) and extra plugins.

    Raises `PluginError` or a settings error, both in sentences, rather than starting half.
    """
    settings = settings or read_settings()
    if not settings.database_url:
        raise SettingsError("DATABASE_URL: is needed here; `lms serve` brings its own database")
    app = LmsFlask("lms", static_folder="web/static", template_folder="web/templates")
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine(settings),
    )
    app.extensions["lms_settings"] = settings
    clock.set_today(date.fromisoformat(settings.today) if settings.today else None)
    db.init_app(app)
    registry = Registry(build_manager(settings, plugins))
    app.extensions["lms"] = registry
    for guest, blueprint in registry.blueprints():
        before, known = _app_wide(app), _addresses(app)
        if guest.room:
            app.register_blueprint(blueprint)
        else:
            _check_name(guest, blueprint.name)
            app.register_blueprint(blueprint, url_prefix=f"/x/{guest.name}")
            if _app_wide(app) != before or _strays(_addresses(app) - known, guest.name):
                raise PluginError(
                    f"Plugin {guest.name} adds to every page of the application (a hook before or "
                    "after requests, an error handler, a filter, a page outside "
                    f"/x/{guest.name}/). It may only add its own pages."
                )
    web.init_app(app)
    return app


def _engine(settings: Settings) -> dict[str, object]:
    limits = {
        "statement_timeout": settings.statement_timeout_ms,
        "lock_timeout": settings.lock_timeout_ms,
        "idle_in_transaction_session_timeout": settings.idle_timeout_ms,
        "timezone": "UTC",
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    return {
        "pool_pre_ping": True,
        "hide_parameters": True,  # errors go to logs, and parameters are what people typed
        "pool_size": settings.pool_size,
        "connect_args": {"options": options},
    }


def _check_name(guest: Guest, blueprint: str) -> None:
    if blueprint != guest.name:
        raise PluginError(
            f"Plugin {guest.name}: its blueprint is called {blueprint!r}; call it as the plugin, "
            "so that its pages and templates cannot be taken for another's."
        )


def _addresses(app: Flask) -> set[tuple[str, str]]:
    """Every endpoint with its address."""
    return {(rule.endpoint, rule.rule) for rule in app.url_map.iter_rules()}


def _strays(added: set[tuple[str, str]], guest: str) -> bool:
    """Whether an address is outside the guest's folder, or an endpoint not named as the guest."""
    return any(
        not endpoint.startswith(f"{guest}.") or not f"{address}/".startswith(f"/x/{guest}/")
        for endpoint, address in added
    )


def _app_wide(app: Flask) -> tuple[object, ...]:
    """What an application does for every request, to see whether a guest has added to it."""
    return (
        len(app.before_request_funcs.get(None, ())),
        len(app.after_request_funcs.get(None, ())),
        len(app.teardown_request_funcs.get(None, ())),
        len(app.teardown_appcontext_funcs),
        len(app.template_context_processors.get(None, ())),
        len(app.url_value_preprocessors.get(None, ())),
        len(app.url_default_functions.get(None, ())),
        {code: dict(found) for code, found in app.error_handler_spec.get(None, {}).items()},
        frozenset(app.jinja_env.filters),
        frozenset(app.jinja_env.globals),
        frozenset(app.jinja_env.tests),
    )
