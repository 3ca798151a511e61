# MinIO built from its Go module, the version that our tests run against (scripts/minio.sh). No binary of others.
FROM golang:1.26 AS build
ARG MINIO=v0.0.0-20260212201848-7aac2a2c5b7c
RUN CGO_ENABLED=0 GOBIN=/out go install -trimpath -ldflags '-s -w' "github.com/minio/minio@$MINIO" && mkdir /data

FROM alpine:3.22
COPY --from=build /out/minio /usr/bin/minio
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
VOLUME /data
EXPOSE 9000
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9000/minio/health/ready"]
ENTRYPOINT ["minio", "server", "/data", "--address", ":9000"]
