// The files that the base has besides Debian's: shell start-up, package manager settings, and the empty files that the
// engine mounts its own over. All belong to the container's root.

import type { BaseFile } from './recipe.ts';

// Debian puts its games, cowsay among them, outside root's default path.
const PATH =
  '/root/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/games:/usr/games';

const PROFILE = `# Read by login shells. Yours to change: the platform never writes here again.
export PATH=${PATH}
export LANG=C.UTF-8
export EDITOR=nano
if [ -n "$BASH_VERSION" ] && [ -f ~/.bashrc ]; then . ~/.bashrc; fi
`;

const BASHRC = `# Read by interactive shells. Yours to change: the platform never writes here again.
export PATH=${PATH}
export LANG=C.UTF-8
export EDITOR=nano
case $- in *i*) ;; *) return ;; esac
PS1='\\u@\\h:\\w# '
HISTCONTROL=ignoreboth
HISTSIZE=5000
shopt -s checkwinsize histappend
alias ls='ls --color=auto' ll='ls -l --color=auto' grep='grep --color=auto'
`;

// The sandbox user of apt cannot be entered with the few capabilities of a container. Binary caches and compressed
// lists keep the site's disk small: the caches alone would take 60 MB of it.
const APT = `APT::Sandbox::User "root";
APT::Keep-Downloaded-Packages "false";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::Retries "2";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Dpkg::Use-Pty "0";
`;

export const BASE_FILES: BaseFile[] = [
  { path: '/root/.profile', mode: 0o644, content: PROFILE },
  { path: '/root/.bashrc', mode: 0o644, content: BASHRC },
  { path: '/etc/apt/apt.conf.d/90lightkeeper', mode: 0o644, content: APT },
  // A package's own data base stays safe without this; only its files are not flushed one by one.
  { path: '/etc/dpkg/dpkg.cfg.d/90unsafe-io', mode: 0o644, content: 'force-unsafe-io\n' },
  // There is no init of Debian's in a container, so packages must not start services (policy-rc.d, Debian Policy 9.3.3.1).
  { path: '/usr/sbin/policy-rc.d', mode: 0o755, content: '#!/bin/sh\nexit 101\n' },
  { path: '/etc/hosts', mode: 0o644, content: '127.0.0.1 localhost\n' },
  { path: '/etc/hostname', mode: 0o644, content: 'localhost\n' },
  { path: '/etc/resolv.conf', mode: 0o644, content: '' },
  { path: '/etc/machine-id', mode: 0o444, content: '' },
];
