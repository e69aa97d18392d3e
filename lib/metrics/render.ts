// The facts in Prometheus' text format. A registry of its own for each scrape: series of a site that has gone must not
// stay. Units are Prometheus' base units: bytes, seconds, cores.

import { Counter, Gauge, Registry } from 'prom-client';
import type { Facts } from './facts.ts';
import { SITE_SERIES } from './site-series.ts';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export async function renderMetrics(facts: Facts): Promise<string> {
  const registry = new Registry();
  const gauge: AddGauge = (name, help, value) =>
    new Gauge({ name: `lightkeeper_${name}`, help, registers: [registry] }).set(value);
  addHost(gauge, facts);
  addKeeper(gauge, facts);
  gauge('ready_sites', 'Sites launched ahead that wait for a click.', facts.ready.now);
  gauge('ready_sites_wanted', 'How many are to wait.', facts.ready.wanted);
  gauge('jobs_waiting', 'Jobs of the deploy worker that nobody works on yet.', facts.jobsWaiting);
  addCounts(registry, facts);
  addSites(registry, facts);
  return registry.metrics();
}

type AddGauge = (name: string, help: string, value: number) => void;

function addHost(gauge: AddGauge, { host, promised, overcommit }: Facts): void {
  gauge('promised_memory_bytes', 'Memory that the limits of all sites promise together.', promised.memoryBytes);
  gauge('promised_disk_bytes', 'Disk that the limits of all sites promise together.', promised.diskBytes);
  gauge('overcommit_max', 'How often what exists may be promised.', overcommit);
  if (!host) return;
  gauge('host_memory_bytes', 'Memory of the machine.', Number(host.memoryBytes));
  gauge('host_memory_used_bytes', 'Memory in use on the machine.', Number(host.memoryBytesUsed));
  gauge('host_cpu_cores', 'Cores of the machine.', host.cpuCount);
  gauge('host_cpu_used_cores', 'Cores in use on the machine.', host.cpuMillis / 1000);
  gauge('host_processes', 'Processes and threads on the machine.', host.pids);
  gauge('host_processes_max', 'Processes and threads that the machine can have.', host.pidsMax);
  gauge('pool_bytes', 'Size of the filesystem that holds all disks.', Number(host.poolBytes));
  gauge('pool_free_bytes', 'Of it, free.', Number(host.poolBytesFree));
  gauge('platform_bytes', "Size of the filesystem that holds the product's own data.", Number(host.platformBytes));
  gauge('platform_free_bytes', 'Of it, free.', Number(host.platformBytesFree));
}

function addKeeper(gauge: AddGauge, { host, at }: Facts): void {
  if (!host) return;
  const age = Math.max(0, (at.getTime() - host.readAt.getTime()) / 1000);
  gauge('keeper_reading_age_seconds', 'Time since the keeper last read all sites. It does so every few seconds.', age);
  gauge('keeper_reading_seconds', 'How long the last reading took.', host.readMillis / 1000);
  gauge('keeper_reading_cpu_seconds', 'What the last reading cost.', host.readCpuMicros / 1_000_000);
}

function addCounts(registry: Registry, { states, deployments, verdicts }: Facts): void {
  const registers = [registry];
  const sites = new Gauge({
    name: 'lightkeeper_sites',
    help: 'Sites by state, by rest (awake, frozen, stopped) and by who holds them.',
    labelNames: ['state', 'rest', 'held_by'],
    registers,
  });
  for (const { state, rest, heldBy, count } of states) sites.inc({ state, rest, held_by: heldBy ?? 'nobody' }, count);
  const deployed = new Gauge({
    name: 'lightkeeper_deployments',
    help: 'Deployments of the sites that exist, by status.',
    labelNames: ['status'],
    registers,
  });
  for (const { status, count } of deployments) deployed.set({ status }, count);
  const said = new Gauge({
    name: 'lightkeeper_verdicts',
    help: 'What the limits policy says now, by kind and level.',
    labelNames: ['kind', 'level'],
    registers,
  });
  for (const { kind, level, count } of verdicts) said.set({ kind, level }, count);
}

function addSites(registry: Registry, { sites }: Facts): void {
  for (const { name, help, kind, read } of SITE_SERIES) {
    const options = { name: `lightkeeper_site_${name}`, help, labelNames: ['site'], registers: [registry] };
    const metric = kind === 'counter' ? new Counter(options) : new Gauge(options);
    for (const site of sites) {
      const value = read(site);
      if (value !== null) metric.inc({ site: site.name }, value);
    }
  }
}
