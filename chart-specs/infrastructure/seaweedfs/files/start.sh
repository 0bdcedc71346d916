#!/bin/sh
# Starts all servers of SeaweedFS in one process. Master, volume server and filer have no login, so they listen
# inside the pod only; S3 asks for a signature.
set -eu
# As the entrypoint of the image does.
export GODEBUG=fips140=on

case $POD_IP in
  *:*) every=:: ;;
  *) every=0.0.0.0 ;;
esac
exec weed -logtostderr=true server -dir="${DATA:-/data}" -ip=127.0.0.1 -ip.bind=127.0.0.1 \
  -master.telemetry=false -master.volumeSizeLimitMB="$FILE_SIZE" -volume.max=0 -volume.preStopSeconds=1 \
  -s3 -s3.ip.bind="$every" -s3.config="${FILES:-/files}/identities.json" -s3.iam=false -s3.autoCreateBucket=false \
  -s3.port.iceberg=0 -s3.port.lance=0 -webdav=false -metricsIp="$every" -metricsPort=9327
