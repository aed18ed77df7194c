# The image holds one static program and nothing else: no shell, no package
# manager, no user database.
#
#   docker build --build-arg VERSION=… -t farwatch .
#   docker run --read-only --cap-drop ALL --security-opt no-new-privileges \
#     -p 127.0.0.1:8080:8080 -v farwatch-data:/data -v farwatch-keys:/keys farwatch
#
# /data holds records and is backed up. /keys holds the root secret, which is
# made at the first start; mount it read-only afterwards (-v farwatch-keys:/keys:ro)
# and keep its copy apart from the copies of /data.
#
# Every RUN uses relative paths only, so that `make docker-steps` can run the
# steps without a container engine.

FROM node:20-bookworm-slim AS screens
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
# No package runs code at installation (S59).
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

FROM golang:1.26-bookworm AS program
WORKDIR /src
ENV CGO_ENABLED=0
ENV GOFLAGS="-mod=readonly -buildvcs=false"
COPY go.mod go.sum ./
RUN go mod download
COPY . ./
COPY --from=screens /src/frontend/dist/ frontend/dist/
ARG VERSION=dev
RUN go build -trimpath -ldflags "-s -w -X main.version=$VERSION" -o out/farwatch .
RUN install -d -m 700 out/volumes/data out/volumes/keys

FROM scratch AS image
# For a verified TLS connection to a PostgreSQL server elsewhere.
COPY --from=program /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=program /src/out/farwatch /farwatch
# The folders inside keep this owner when a new volume is mounted over them.
COPY --from=program --chown=10001:10001 /src/out/volumes/ /
# All interfaces of the container only; what of it the host shows is -p above.
ENV FARWATCH_ADDR=0.0.0.0:8080
ENV FARWATCH_DATA_DIR=/data
ENV FARWATCH_KEY_FILE=/keys/farwatch.key
USER 10001:10001
EXPOSE 8080
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["/farwatch", "health"]
ENTRYPOINT ["/farwatch"]
CMD ["serve"]
