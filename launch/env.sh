# Sourced by the other scripts: make_env FOLDER EXTRAS makes or reuses a
# virtual environment. Its stamp holds what was asked of pip, so an unchanged
# one is reused and a changed setup.py installs again.

find_python() {
  local p
  for p in "${PYTHON:-}" python3 python3.13 python3.12 python3.11 python; do
    if [ -n "$p" ] && command -v "$p" >/dev/null 2>&1 &&
       "$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
    then echo "$p"; return; fi
  done
  echo "error: Python 3.11 or newer is needed; name one with PYTHON=..." >&2
  return 2
}

make_env() {
  local env=$1 extras=$2 python lock stamp
  python=$(find_python) || return
  lock="$extras $("$python" -V) $(cksum < setup.py) $PWD"
  stamp="$env/stamp-$extras"
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$lock" ] &&
     "$env/bin/python" -c 'import jax' >/dev/null 2>&1
  then return; fi
  echo "installing gans_jax[$extras] into $env (about a minute) ..." >&2
  rm -f "$env"/stamp-*
  "$python" -m venv "$env"
  "$env/bin/python" -m pip install --quiet --upgrade pip
  "$env/bin/python" -m pip install --quiet --editable ".[$extras]"
  echo "$lock" > "$stamp"
}
