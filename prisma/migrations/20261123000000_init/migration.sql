-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('guest', 'member', 'admin');

-- CreateEnum
CREATE TYPE "SiteState" AS ENUM ('launching', 'live', 'failed', 'deleting');

-- CreateEnum
CREATE TYPE "DeploymentStatus" AS ENUM ('running', 'succeeded', 'failed');

-- CreateEnum
CREATE TYPE "DeploymentCause" AS ENUM ('launch', 'push', 'rollback');

-- CreateTable
CREATE TABLE "User" (
    "id" UUID NOT NULL,
    "role" "Role" NOT NULL DEFAULT 'guest',
    "email" TEXT,
    "sessionVersion" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Plan" (
    "name" TEXT NOT NULL,
    "diskBytesMax" BIGINT NOT NULL,
    "inodesMax" INTEGER NOT NULL,
    "memoryBytesMax" BIGINT NOT NULL,
    "cpuMillisMax" INTEGER NOT NULL,
    "pidsMax" INTEGER NOT NULL,
    "openFilesMax" INTEGER NOT NULL,
    "logBytesMax" BIGINT NOT NULL,
    "tmpfsBytesMax" BIGINT NOT NULL,
    "pushBytesMax" BIGINT NOT NULL,
    "lifetimeMinutes" INTEGER,
    "sitesMax" INTEGER NOT NULL,

    CONSTRAINT "Plan_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "Site" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "ownerId" UUID,
    "planName" TEXT NOT NULL,
    "node" TEXT NOT NULL DEFAULT 'local',
    "state" "SiteState" NOT NULL DEFAULT 'launching',
    "problem" TEXT,
    "launchSteps" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "sshPort" INTEGER NOT NULL,
    "sealedPassword" TEXT NOT NULL,
    "sealedToken" TEXT NOT NULL,
    "address" TEXT,
    "livePort" INTEGER,
    "liveDeploymentId" UUID,
    "routedName" TEXT,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "claimedAt" TIMESTAMPTZ(3),
    "expiresAt" TIMESTAMPTZ(3),
    "launchedFrom" TEXT,
    "launchKey" TEXT,

    CONSTRAINT "Site_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Deployment" (
    "id" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "cause" "DeploymentCause" NOT NULL,
    "commit" TEXT,
    "subject" TEXT,
    "stack" TEXT,
    "status" "DeploymentStatus" NOT NULL DEFAULT 'running',
    "problem" TEXT,
    "log" TEXT NOT NULL DEFAULT '',
    "kept" BOOLEAN NOT NULL DEFAULT false,
    "startedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finishedAt" TIMESTAMPTZ(3),
    "runner" TEXT,

    CONSTRAINT "Deployment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SshKey" (
    "id" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "publicKey" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "SshKey_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Usage" (
    "siteId" UUID NOT NULL,
    "diskBytes" BIGINT NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "pids" INTEGER NOT NULL,
    "cpuMicros" BIGINT NOT NULL,
    "oomKills" INTEGER NOT NULL DEFAULT 0,
    "readAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Usage_pkey" PRIMARY KEY ("siteId")
);

-- CreateTable
CREATE TABLE "Event" (
    "id" UUID NOT NULL,
    "siteId" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Heartbeat" (
    "process" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Heartbeat_pkey" PRIMARY KEY ("process")
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "Host" (
    "node" TEXT NOT NULL,
    "memoryBytes" BIGINT NOT NULL,
    "cpuCount" INTEGER NOT NULL,
    "poolBytes" BIGINT NOT NULL,
    "poolBytesFree" BIGINT NOT NULL,
    "diskKind" TEXT NOT NULL,
    "readAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "Host_pkey" PRIMARY KEY ("node")
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE UNIQUE INDEX "Site_name_key" ON "Site"("name");

-- CreateIndex
CREATE UNIQUE INDEX "Site_sshPort_key" ON "Site"("sshPort");

-- CreateIndex
CREATE UNIQUE INDEX "Site_liveDeploymentId_key" ON "Site"("liveDeploymentId");

-- CreateIndex
CREATE UNIQUE INDEX "Site_launchKey_key" ON "Site"("launchKey");

-- CreateIndex
CREATE INDEX "Site_ownerId_idx" ON "Site"("ownerId");

-- CreateIndex
CREATE INDEX "Site_state_idx" ON "Site"("state");

-- CreateIndex
CREATE INDEX "Site_launchedFrom_claimedAt_idx" ON "Site"("launchedFrom", "claimedAt");

-- CreateIndex
CREATE UNIQUE INDEX "Deployment_siteId_number_key" ON "Deployment"("siteId", "number");

-- CreateIndex
CREATE INDEX "SshKey_fingerprint_idx" ON "SshKey"("fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "SshKey_siteId_fingerprint_key" ON "SshKey"("siteId", "fingerprint");

-- CreateIndex
CREATE INDEX "Event_siteId_at_idx" ON "Event"("siteId", "at");

-- AddForeignKey
ALTER TABLE "Site" ADD CONSTRAINT "Site_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Site" ADD CONSTRAINT "Site_planName_fkey" FOREIGN KEY ("planName") REFERENCES "Plan"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Site" ADD CONSTRAINT "Site_liveDeploymentId_fkey" FOREIGN KEY ("liveDeploymentId") REFERENCES "Deployment"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Deployment" ADD CONSTRAINT "Deployment_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "SshKey" ADD CONSTRAINT "SshKey_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Usage" ADD CONSTRAINT "Usage_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Event" ADD CONSTRAINT "Event_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;
