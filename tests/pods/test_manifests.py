"""The scripts of launch/ that others run: schedulers, clouds.

Kubernetes' own schemas come from the package kubernetes-validate. JobSet's, of
its repository, is JOBSET_CRD=jobset.x-k8s.io_jobsets.yaml, or is left out.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys

import jsonschema
import kubernetes_validate as validator
import pytest
import yaml

from gans_jax import processes
from launch import cli

LAUNCH = pathlib.Path(__file__).resolve().parents[2] / 'launch'


def documents(name):
  return list(yaml.safe_load_all((LAUNCH / name).read_text()))


def jobs():
  """The Jobs of both manifests, that of the JobSet as it will be made."""
  service, job = documents('k8s_job.yaml')
  jobset, = documents('gke_jobset.yaml')
  inner = [dict(apiVersion='batch/v1', kind='Job',
                metadata=dict(name=r['name']), **r['template'])
           for r in jobset['spec']['replicatedJobs']]
  return service, job, jobset, inner


def test_processes_find_each_other():
  service, job, _, inner = jobs()
  pod = job['spec']['template']['spec']
  container, = pod['containers']
  env = {e['name']: e['value'] for e in container['env']}
  assert service['spec']['clusterIP'] == 'None'
  name = job['metadata']['name']
  assert service['spec']['selector'] == {'job-name': name}
  assert pod['subdomain'] == service['metadata']['name']
  found = processes.cluster(processes.Explicit(), {
      **env, 'JOB_COMPLETION_INDEX': '1'})
  port, = (p['port'] for p in service['spec']['ports'])
  assert found['coordinator_address'] == (
      f'{name}-0.{service["metadata"]["name"]}:{port}')
  assert (found['num_processes'] == job['spec']['completions']
          == job['spec']['parallelism'])
  assert {'containerPort': port} in container['ports']
  for each in (job, *inner):
    assert each['spec']['completionMode'] == 'Indexed'
    assert each['spec']['parallelism'] == each['spec']['completions']


def test_exit_statuses_are_those_of_the_scripts():
  _, job, jobset, inner = jobs()
  for each in (job, *inner):
    spec = each['spec']['template']['spec']
    assert spec['restartPolicy'] == 'Never'     # as podFailurePolicy asks for
    assert spec['terminationGracePeriodSeconds'] >= 60
    assert '--requeue' in spec['containers'][0]['command']
    rules = each['spec']['podFailurePolicy']['rules']
    by = {r['action']: r['onExitCodes'] for r in rules if 'onExitCodes' in r}
    assert by['FailJob']['values'] == [1, 2]
    assert all(r['containerName'] == spec['containers'][0]['name']
               for r in by.values())
  again = [cli.REQUEUE, 128 + signal.SIGALRM]
  assert any(r['action'] == 'Ignore' and r['onExitCodes']['values'] == again
             for r in job['spec']['podFailurePolicy']['rules']
             if 'onExitCodes' in r)
  assert inner[0]['spec']['backoffLimit'] == 0   # the JobSet starts all again
  rule, = jobset['spec']['failurePolicy']['rules']
  assert rule['action'] == 'FailJobSet'
  assert rule['onJobFailureReasons'] == ['PodFailurePolicy']
  text = (LAUNCH / 'slurm.sbatch').read_text()
  assert '0|1|2) exit' in text and 'scontrol requeue' in text


def test_arguments_are_flags_of_train():
  known = subprocess.run(
      [sys.executable, LAUNCH / 'train.py', '--helpfull'], text=True,
      capture_output=True).stdout
  _, job, _, inner = jobs()
  for each in (job, *inner):
    container, = each['spec']['template']['spec']['containers']
    for word in container['command'][2:] + container['args']:
      name = word.lstrip('-').partition('=')[0]
      assert re.search(rf'--(\[no\])?{name.removeprefix("no")}\b', known), word
    config, = [a for a in container['args'] if a.startswith('--config=')]
    assert (LAUNCH.parent / config.partition('=')[2]).exists()


def run(*words, **env):
  return subprocess.run(
      ['bash', LAUNCH / 'tpu_vm.sh', *words], text=True, capture_output=True,
      env={**os.environ, **env})


def test_tpu_vm_says_what_it_would_do():
  env = dict(PROJECT='p', ZONE='z', DRY='1')
  up = run('up', 'pod', 'v5litepod-16', '--spot', **env).stdout.splitlines()
  assert up[0] == (
      'gcloud compute tpus queued-resources create pod --project p --zone z '
      '--node-id pod --accelerator-type v5litepod-16 --runtime-version '
      'v2-alpha-tpuv5-lite --spot')
  assert '--worker=all' in up[1] and 'tpu,gcs' in up[2]
  ran = run('run', 'pod', '--config', 'configs/x.py', '--workdir', 'gs://b/a b',
            **env).stdout
  assert 'GANS_JAX_CLUSTER=auto' in ran and r'gs://b/a\\ b' in ran
  assert '--requeue' in ran and '0|1|2) break' in ran
  kept = run('keep', 'pod', 'v5litepod-16', '--config', 'x', **env).stdout
  assert kept.count('gcloud') == len(up) + 1
  assert '--force' in run('down', 'pod', **env).stdout
  assert run('up', 'pod', **env).returncode == 2
  assert run('up', **env).returncode == 2
  assert 'set PROJECT' in run('up', 'pod', 'v4-8', ZONE='z').stderr


def test_local_pod_wants_a_number():
  for words in ((), ('two',), ('0', '--')):
    done = subprocess.run(['bash', LAUNCH / 'local_pod.sh', *words], text=True,
                          capture_output=True)
    assert done.returncode == 2 and 'how many processes' in done.stderr


@pytest.mark.parametrize('name', ['local_pod.sh', 'slurm.sbatch', 'tpu_vm.sh',
                                  '../tests/pods/slurm.sh'])
def test_scripts_parse(name):
  assert subprocess.run(['bash', '-n', LAUNCH / name]).returncode == 0


def test_manifests_by_the_schemas_of_kubernetes():
  service, job, _, inner = jobs()
  for each in (service, job, *inner):
    validator.validate(each, '1.31', strict=True)
  job['spec']['parallelizm'] = 2
  with pytest.raises(validator.ValidationError):
    validator.validate(job, '1.31', strict=True)


@pytest.mark.slow
def test_jobset_by_its_schema():
  path = os.environ.get('JOBSET_CRD')
  if not path:
    pytest.skip('JOBSET_CRD is not set')
  crd = yaml.safe_load(pathlib.Path(path).read_text())
  version, = [v for v in crd['spec']['versions'] if v['name'] == 'v1alpha2']
  schema = strict(version['schema']['openAPIV3Schema'])
  jobset, = documents('gke_jobset.yaml')
  jsonschema.validate(jobset, schema)
  jobset['spec']['replicatedJobs'][0]['replicaz'] = 2
  with pytest.raises(jsonschema.ValidationError):
    jsonschema.validate(jobset, schema)


def strict(schema):
  """The schema of a CRD, in which unknown fields are an error."""
  if isinstance(schema, list):
    return [strict(x) for x in schema]
  if not isinstance(schema, dict):
    return schema
  out = {k: strict(v) for k, v in schema.items()}
  if out.pop('x-kubernetes-int-or-string', None):
    return {'anyOf': [{'type': 'integer'}, {'type': 'string'}]}
  if isinstance(out.get('properties'), dict) and 'type' in out and (
      out['type'] == 'object'):
    out.setdefault('additionalProperties', False)
  return out
