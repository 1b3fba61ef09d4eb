# One image for every role; the verb is the argument (`web` if there is none).
#
#   docker build -t smarterdev .
#   docker run --env-file .env.web -p 8000:8000 smarterdev

FROM python:3.12-slim-bookworm AS build

WORKDIR /build
COPY requirements/bootstrap.txt requirements/build.txt requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/bootstrap.txt \
    && python -m venv --without-pip /opt/smarterdev \
    && uv pip install --no-cache --python /opt/smarterdev/bin/python --require-hashes -r requirements/runtime.txt

# The page to play on is built on the way into the wheel; Node comes with the build requirements.
COPY pyproject.toml hatch_build.py package.json package-lock.json .npmrc README.md LICENSE ./
COPY app app
COPY dashboard dashboard
COPY interactions interactions
COPY migrations migrations
COPY moderation_listener moderation_listener
COPY simulator simulator
RUN uv build --no-cache --wheel --require-hashes --build-constraints requirements/build.txt \
    && uv pip install --no-cache --python /opt/smarterdev/bin/python --no-deps dist/*.whl \
    && /opt/smarterdev/bin/python -m compileall -q --invalidation-mode unchecked-hash /opt/smarterdev/lib


FROM python:3.12-slim-bookworm

COPY --from=build /opt/smarterdev /opt/smarterdev
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin smarterdev

ENV PATH=/opt/smarterdev/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    SMARTERDEV_ENVIRONMENT=production \
    SMARTERDEV_HOST=0.0.0.0
USER 10001
WORKDIR /home
EXPOSE 8000
# Of the web role. Listener and worker have their own, `migrate` switches it off (compose.yaml).
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen(f'http://127.0.0.1:{os.environ.get(\"SMARTERDEV_PORT\", \"8000\")}/healthz', timeout=2)"]
ENTRYPOINT ["smarterdev"]
CMD ["web"]
