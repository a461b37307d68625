"""Buckets of emulators on this machine: moto's S3 and a GCS in processes.

Their endpoints are set in the environment, which the scripts that tests start
are given, too.
"""

import os
import pathlib
import socket
import subprocess
import sys
import time

import fsspec
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENDPOINTS = {
    's3': ('AWS_ENDPOINT_URL',),
    # fsspec and Google's client; TensorStore, by which Orbax writes.
    'gs': ('STORAGE_EMULATOR_HOST', 'TENSORSTORE_GCS_HTTP_URL')}
SERVERS = {
    's3': lambda port: [sys.executable, '-m', 'moto.server', '-p', port],
    'gs': lambda port: [sys.executable, '-m', 'tests.remote.gcs', port]}
SETTINGS = dict(
    AWS_ACCESS_KEY_ID='test', AWS_SECRET_ACCESS_KEY='test',
    AWS_DEFAULT_REGION='us-east-1', GOOGLE_CLOUD_PROJECT='test',
    # gcsfs would ask Google what kind of bucket it is.
    GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT='false')
# No credentials of this machine's, and none asked of a cloud it may be in.
NOT_SET = ('AWS_PROFILE', 'AWS_SESSION_TOKEN', 'GOOGLE_APPLICATION_CREDENTIALS')


@pytest.fixture(scope='session', params=['s3', 'gs'])
def scheme(request):
  """'s3' or 'gs', with the emulator of it running and a bucket 'runs'."""
  name = request.param
  with socket.socket() as s:
    s.bind(('127.0.0.1', 0))
    port = str(s.getsockname()[1])
  old = dict(os.environ)
  os.environ.update(SETTINGS, AWS_EC2_METADATA_DISABLED='true')
  for variable in NOT_SET:
    os.environ.pop(variable, None)
  for variable in ENDPOINTS[name]:
    os.environ[variable] = f'http://localhost:{port}'
  server = subprocess.Popen(
      SERVERS[name](port), cwd=ROOT, stdout=subprocess.DEVNULL,
      stderr=subprocess.DEVNULL)
  try:
    deadline = time.time() + 60
    while socket.socket().connect_ex(('localhost', int(port))):
      assert time.time() < deadline and server.poll() is None
      time.sleep(.1)
    client(name).mkdir('runs')
    yield name
  finally:
    server.kill()
    server.wait()
    os.environ.clear()
    os.environ.update(old)


def client(scheme):
  """A client of its own, that keeps no listings."""
  return fsspec.filesystem(
      scheme, use_listings_cache=False, skip_instance_cache=True)


@pytest.fixture
def store(scheme):
  return client(scheme)
