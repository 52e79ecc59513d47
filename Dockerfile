# Rytmi: workers, board and commands. Build it from the root of the project: docker build -t rytmi:0.1.0 .
FROM python:3.11.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/rytmi
WORKDIR /src
COPY requirements.lock .
RUN /opt/rytmi/bin/pip install --quiet --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY streams streams
COPY schemas schemas
COPY processors processors
COPY dashboards dashboards
COPY deploy deploy
RUN /opt/rytmi/bin/pip install --quiet --no-deps --no-build-isolation .

FROM python:3.11.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/rytmi --create-home rytmi
COPY --from=build /opt/rytmi /opt/rytmi
ENV PATH=/opt/rytmi/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 RYTMI_HOME=/var/lib/rytmi
USER 10001
WORKDIR /var/lib/rytmi
ENTRYPOINT ["rytmi"]
CMD ["--help"]
