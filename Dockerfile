FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

RUN useradd --create-home --uid 1000 aftersales

COPY requirements.txt .
RUN pip install -r requirements.txt

COPY . .
# Static files and translations belong to the image; the addresses and the key here are used for nothing.
ENV VAR_DIR=/data STATIC_ROOT=/app/static-collected
RUN mkdir /data && chown aftersales /data \
    && python -m compileall -q . \
    && python -m aftersales.catalogues \
    && DATABASE_URL=postgres://none/none REDIS_URL=redis://none SECRET_KEY=none \
       python manage.py collectstatic --no-input --verbosity 0
USER aftersales
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8000/healthz', timeout=4)"]
CMD ["uvicorn", "aftersales.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
     "--lifespan", "off", "--timeout-graceful-shutdown", "5", "--no-server-header"]
