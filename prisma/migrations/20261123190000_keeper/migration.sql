-- CreateEnum
CREATE TYPE "Rest" AS ENUM ('awake', 'frozen', 'stopped');

-- CreateEnum
CREATE TYPE "HoldCause" AS ENUM ('storm', 'network', 'admin');

-- CreateEnum
CREATE TYPE "AlertKind" AS ENUM ('slack', 'email', 'webhook');

-- AlterTable
ALTER TABLE "User" ADD COLUMN     "planName" TEXT,
ADD COLUMN     "sitesMax" INTEGER,
ADD COLUMN     "totalDiskBytesMax" BIGINT,
ADD COLUMN     "totalMemoryBytesMax" BIGINT;

-- AlterTable
ALTER TABLE "Plan" ADD COLUMN     "bandwidthBytesMax" BIGINT NOT NULL DEFAULT 10485760,
ADD COLUMN     "connectionsMax" INTEGER NOT NULL DEFAULT 1000,
ADD COLUMN     "freezeAfterMinutes" INTEGER,
ADD COLUMN     "newConnectionsMax" INTEGER NOT NULL DEFAULT 50,
ADD COLUMN     "stopAfterMinutes" INTEGER,
ADD COLUMN     "totalDiskBytesMax" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "totalMemoryBytesMax" BIGINT NOT NULL DEFAULT 0;

-- Plans that are there already keep what they promise, and get what the new ones start with.
UPDATE "Plan" SET "totalDiskBytesMax" = "diskBytesMax" * "sitesMax", "totalMemoryBytesMax" = "memoryBytesMax" * "sitesMax";
UPDATE "Plan" SET "freezeAfterMinutes" = 30, "stopAfterMinutes" = 240,
  "bandwidthBytesMax" = 5242880, "connectionsMax" = 500, "newConnectionsMax" = 20 WHERE "lifetimeMinutes" IS NOT NULL;
ALTER TABLE "Plan" ALTER COLUMN "bandwidthBytesMax" DROP DEFAULT,
ALTER COLUMN "connectionsMax" DROP DEFAULT,
ALTER COLUMN "newConnectionsMax" DROP DEFAULT,
ALTER COLUMN "totalDiskBytesMax" DROP DEFAULT,
ALTER COLUMN "totalMemoryBytesMax" DROP DEFAULT;

-- AlterTable
ALTER TABLE "Site" ADD COLUMN     "activeAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "bandwidthBytesMax" BIGINT,
ADD COLUMN     "connectionsMax" INTEGER,
ADD COLUMN     "cpuMillisMax" INTEGER,
ADD COLUMN     "diskBytesMax" BIGINT,
ADD COLUMN     "diskHeldFor" TEXT,
ADD COLUMN     "heldAt" TIMESTAMPTZ(3),
ADD COLUMN     "heldBy" "HoldCause",
ADD COLUMN     "heldFor" TEXT,
ADD COLUMN     "inodesMax" INTEGER,
ADD COLUMN     "memoryBytesMax" BIGINT,
ADD COLUMN     "newConnectionsMax" INTEGER,
ADD COLUMN     "pidsMax" INTEGER,
ADD COLUMN     "rest" "Rest" NOT NULL DEFAULT 'awake';

-- AlterTable
ALTER TABLE "Usage" ADD COLUMN     "cpuMillis" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "diskBytesPerHour" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "forksRefused" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "inodes" INTEGER,
ADD COLUMN     "instanceId" TEXT,
ADD COLUMN     "openRequests" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "p95Millis" INTEGER,
ADD COLUMN     "requestsPerMinute" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "rxBytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "rxBytesPerSecond" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "throttledMicros" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "txBytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "txBytesPerSecond" BIGINT NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "Event" ADD COLUMN     "alerted" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "level" TEXT NOT NULL DEFAULT 'info',
ADD COLUMN     "numbers" JSONB,
ALTER COLUMN "siteId" DROP NOT NULL;

-- AlterTable
ALTER TABLE "Host" ADD COLUMN     "cpuMillis" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "memoryBytesUsed" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "pids" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "pidsMax" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "platformBytes" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "platformBytesFree" BIGINT NOT NULL DEFAULT 0,
ADD COLUMN     "readCpuMicros" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "readMillis" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "UsagePoint" (
    "siteId" UUID NOT NULL,
    "seconds" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "diskBytes" BIGINT NOT NULL,
    "inodes" INTEGER,
    "memoryBytes" BIGINT NOT NULL,
    "pids" INTEGER NOT NULL,
    "cpuMicros" BIGINT NOT NULL,
    "throttledMicros" BIGINT NOT NULL,
    "rxBytes" BIGINT NOT NULL,
    "txBytes" BIGINT NOT NULL,
    "requests" INTEGER NOT NULL,
    "errors" INTEGER NOT NULL,
    "latency" INTEGER[],

    CONSTRAINT "UsagePoint_pkey" PRIMARY KEY ("siteId","seconds","at")
);

-- CreateTable
CREATE TABLE "HostPoint" (
    "node" TEXT NOT NULL,
    "seconds" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "poolBytes" BIGINT NOT NULL,
    "pids" INTEGER NOT NULL,
    "cpuMillis" INTEGER NOT NULL,
    "keeperMillis" INTEGER NOT NULL,
    "requests" INTEGER NOT NULL,
    "running" INTEGER NOT NULL,

    CONSTRAINT "HostPoint_pkey" PRIMARY KEY ("node","seconds","at")
);

-- CreateTable
CREATE TABLE "Verdict" (
    "siteId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "numbers" JSONB NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Verdict_pkey" PRIMARY KEY ("siteId","kind")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actorId" UUID,
    "actorRole" TEXT NOT NULL,
    "address" TEXT,
    "action" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "siteId" UUID,
    "before" JSONB,
    "after" JSONB,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AlertChannel" (
    "id" UUID NOT NULL,
    "ownerId" UUID,
    "kind" "AlertKind" NOT NULL,
    "target" TEXT NOT NULL,
    "sealedSecret" TEXT,
    "level" TEXT NOT NULL DEFAULT 'critical',
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "problem" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "AlertChannel_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AlertMessage" (
    "id" UUID NOT NULL,
    "channelId" UUID NOT NULL,
    "group" TEXT NOT NULL,
    "events" JSONB NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "dueAt" TIMESTAMPTZ(3) NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "sentAt" TIMESTAMPTZ(3),
    "failedAt" TIMESTAMPTZ(3),
    "problem" TEXT,

    CONSTRAINT "AlertMessage_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "UsagePoint_seconds_at_idx" ON "UsagePoint"("seconds", "at");

-- CreateIndex
CREATE INDEX "AuditEntry_at_idx" ON "AuditEntry"("at");

-- CreateIndex
CREATE INDEX "AuditEntry_siteId_at_idx" ON "AuditEntry"("siteId", "at");

-- CreateIndex
CREATE INDEX "AlertChannel_ownerId_idx" ON "AlertChannel"("ownerId");

-- CreateIndex
CREATE INDEX "AlertMessage_channelId_group_idx" ON "AlertMessage"("channelId", "group");

-- CreateIndex
CREATE INDEX "AlertMessage_sentAt_dueAt_idx" ON "AlertMessage"("sentAt", "dueAt");

-- CreateIndex
CREATE INDEX "Event_alerted_at_idx" ON "Event"("alerted", "at");

-- AddForeignKey
ALTER TABLE "User" ADD CONSTRAINT "User_planName_fkey" FOREIGN KEY ("planName") REFERENCES "Plan"("name") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "UsagePoint" ADD CONSTRAINT "UsagePoint_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Verdict" ADD CONSTRAINT "Verdict_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AlertChannel" ADD CONSTRAINT "AlertChannel_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AlertMessage" ADD CONSTRAINT "AlertMessage_channelId_fkey" FOREIGN KEY ("channelId") REFERENCES "AlertChannel"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The audit log only grows: whoever wants to change a row has to take the trigger away first, in the database itself.
-- (The semicolons are written as x3b, because the adapter takes a script apart at each one.)
CREATE FUNCTION "refuse_audit_change"() RETURNS trigger LANGUAGE plpgsql AS
  E'BEGIN RAISE EXCEPTION ''rows of the audit log are never changed or deleted''\x3b END';
CREATE TRIGGER "AuditEntry_immutable" BEFORE UPDATE OR DELETE ON "AuditEntry"
  FOR EACH ROW EXECUTE FUNCTION "refuse_audit_change"();
CREATE TRIGGER "AuditEntry_whole" BEFORE TRUNCATE ON "AuditEntry"
  FOR EACH STATEMENT EXECUTE FUNCTION "refuse_audit_change"();
