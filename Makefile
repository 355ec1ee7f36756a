LOCK = .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
  --universal --python-version 3.11 --custom-compile-command "make lock"

lock: ## Write the hash-locked requirements anew from pyproject.toml
	$(LOCK) pyproject.toml --group setup -o requirements.txt
	$(LOCK) pyproject.toml --group setup --group dev -c requirements.txt -o requirements-dev.txt
	$(LOCK) --group node -o requirements-node.txt
