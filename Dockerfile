# Built in two stages, so that the image holds the program and none of what built it.
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/aggregator
COPY constraints.txt pyproject.toml README.md ./
COPY aggregator aggregator
COPY migrations migrations
RUN /opt/aggregator/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt .

FROM python:3.11-slim
LABEL org.opencontainers.image.title="aggregator" \
      org.opencontainers.image.description="Many news feeds in, one digest of stories out, each text once"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin aggregator \
    && install -d -o aggregator -g aggregator /data /config
COPY --from=build /opt/aggregator /opt/aggregator
ENV PATH=/opt/aggregator/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    AGGREGATOR_CONFIG=/config \
    AGGREGATOR_DATABASE_URL=sqlite:////data/aggregator.db
USER aggregator
WORKDIR /data
VOLUME /data
EXPOSE 8642
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8642/healthz', timeout=4)"]
ENTRYPOINT ["aggregator"]
CMD ["run", "--host", "0.0.0.0"]
