# One image for web, worker, planner and migrations; compose.yaml says which is which (docs/deployment.md).
FROM python:3.12-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/* \
 && pip install --no-cache-dir uv==0.13.9 \
 && useradd --system --user-group --no-create-home --home-dir /data concord \
 && mkdir /data && chown concord:concord /data

WORKDIR /app
ENV UV_PROJECT_ENVIRONMENT=/venv UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy \
    PATH=/venv/bin:$PATH PYTHONUTF8=1 PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=config.settings CONCORD_DATA=/data
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --all-extras --compile-bytecode --no-cache

COPY . .
RUN SECRET_KEY=only-for-this-step DATABASE_URL=postgres:/// python manage.py messages compile \
 && python -m compileall -q config core masterdata crm erp scm finance

USER concord
VOLUME /data
EXPOSE 8000
HEALTHCHECK --start-period=30s --interval=30s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/health/', headers={'X-Forwarded-Proto': 'https'}), timeout=5)"]
CMD ["granian", "--interface", "wsgi", "config.wsgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-ws", \
     "--workers", "2", "--blocking-threads", "8"]
