"""gcp-storage-emulator, with what TensorStore asks of GCS besides.

  python -m tests.remote.gcs PORT

The emulator tells no generation of what it hands out, and takes no notice of
the conditions ifGenerationMatch and ifGenerationNotMatch; TensorStore's writes
to one manifest by several threads rest on both.
"""

import contextlib
import http
import logging
import sys

from gcp_storage_emulator.exceptions import NotFound
from gcp_storage_emulator.handlers import objects

plain_download, plain_insert = objects.download, objects.insert


def generation(storage, bucket, name):
  with contextlib.suppress(NotFound):
    return storage.get_file_obj(bucket, name)['generation']
  return '0'       # of an object that isn't there


def download(request, response, storage, *args, **kwargs):
  plain_download(request, response, storage, *args, **kwargs)
  now = generation(storage, request.params['bucket_name'],
                   request.params['object_id'])
  if now != '0':
    response['X-Goog-Generation'] = now
    if request.query.get('ifGenerationNotMatch') == [now]:
      response.status = http.HTTPStatus.NOT_MODIFIED
      response.write_file(b'')


def insert(request, response, storage, *args, **kwargs):
  asked = request.query.get('ifGenerationMatch')
  if asked and asked != [generation(
      storage, request.params['bucket_name'], request.query['name'][0])]:
    response.status = http.HTTPStatus.PRECONDITION_FAILED
    return
  plain_insert(request, response, storage, *args, **kwargs)


if __name__ == '__main__':
  objects.download, objects.insert = download, insert
  from gcp_storage_emulator import server    # it takes the two from there
  logging.disable(logging.CRITICAL)
  server.create_server('localhost', int(sys.argv[1]), in_memory=True).run()
