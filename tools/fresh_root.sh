#!/bin/bash
# As on a new Debian without a compiler: install from the wheel, init --sample, run, and a real cron.
#   sudo tools/fresh_root.sh FOLDER      (make fresh; needs root, debootstrap, the package registries)
# FOLDER becomes the root of that Debian; one that is there already is used again.
set -euo pipefail
cd "$(dirname "$0")/.."
root=${1:?name a folder for the new Debian}
python=${PYTHON:-.venv/bin/python}

if [ ! -x "$root/usr/bin/python3" ]; then
  debootstrap --variant=minbase --include=python3,python3-venv,cron bookworm "$root" >/dev/null
fi
root=$(realpath "$root")
rm -rf "$root/wheels" "$root/opt/sheetcrm" "$root/home/ana" "$root/var/spool/cron/crontabs/ana"
mkdir "$root/wheels"
version=$(chroot "$root" python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
"$python" -m pip wheel --quiet --no-deps --wheel-dir "$root/wheels" .
"$python" -m pip download --quiet --only-binary :all: --python-version "$version" \
  --dest "$root/wheels" "$root"/wheels/sheetcrm-*.whl

cat >"$root/wheels/inside" <<'INSIDE'
set -euo pipefail
for compiler in cc gcc g++ clang rustc make; do
  ! command -v $compiler || { echo "$compiler should not be here"; exit 1; }
done
python3 -m venv /opt/sheetcrm
/opt/sheetcrm/bin/pip install --quiet --no-index --find-links /wheels sheetcrm
id ana >/dev/null 2>&1 || useradd --create-home --shell /bin/bash ana
install --directory --owner=ana --group=ana /home/ana
/usr/sbin/cron
su --login ana --command '
  set -eu
  PATH=/opt/sheetcrm/bin:$PATH
  sheetcrm --version
  sheetcrm init --sample "my leads"
  cd "my leads"
  sheetcrm run --verbose
  echo "17 5 * * * true" | crontab -
  sheetcrm schedule --every 1m --install
  crontab -l
  before=$(sheetcrm runs --json | grep -c "\"id\"")
  for second in $(seq 200); do
    [ "$(sheetcrm runs --json | grep -c "\"id\"")" -gt "$before" ] && break
    sleep 1
  done
  sheetcrm runs
  [ "$(sheetcrm runs --json | grep -c "\"id\"")" -gt "$before" ]
  [ ! -s var/log/scheduled.log ]
  sheetcrm schedule --remove
  [ "$(crontab -l)" = "17 5 * * * true" ]
'
echo "fresh root: all is well"
INSIDE
exec unshare --mount --pid --fork --kill-child sh -ec '
  mount -t proc none "$0/proc"
  mount --bind /dev "$0/dev"
  exec chroot "$0" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 bash /wheels/inside
' "$root"
