# sheetcrm in a container: nothing but /workspace and /tmp is ever written, and nobody is root.
#   docker build -t sheetcrm .
#   docker run --rm --read-only --tmpfs /tmp -v "$PWD/my-leads:/workspace" sheetcrm sheetcrm check
# compose.yaml in deploy/ runs it every hour; docs/deploy.md goes through it.

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY templates templates
COPY examples/templates examples/templates
COPY sheetcrm sheetcrm
# No compiler is there, and none is needed: every dependency comes built, or the build fails.
RUN python -m venv /opt/sheetcrm \
 && python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
 && wheel="$(echo /wheels/sheetcrm-*.whl)" \
 && /opt/sheetcrm/bin/python -m pip install --no-cache-dir --only-binary :all: "${wheel}[postgres]" \
 && /opt/sheetcrm/bin/python -m compileall -q /opt/sheetcrm/lib

FROM python:3.13-slim
LABEL org.opencontainers.image.title="sheetcrm" \
      org.opencontainers.image.description="Lead qualification and follow-ups inside your spreadsheet" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --uid 1000 --user-group --no-create-home --home-dir /workspace sheetcrm \
 && install --directory --owner=sheetcrm --group=sheetcrm /workspace
COPY --from=build /opt/sheetcrm /opt/sheetcrm
COPY --chmod=755 deploy/run-every /usr/local/bin/run-every
ENV PATH=/opt/sheetcrm/bin:/usr/local/bin:/usr/bin:/bin \
    SHEETCRM_WORKSPACE=/workspace \
    HOME=/tmp \
    LANG=C.UTF-8 \
    PYTHONUTF8=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 1000:1000
WORKDIR /workspace
VOLUME /workspace
HEALTHCHECK --interval=5m --timeout=10s --start-period=15m --retries=1 CMD ["run-every", "--healthy"]
CMD ["run-every", "60"]
