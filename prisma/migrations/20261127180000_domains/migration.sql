-- CreateTable
CREATE TABLE "Domain" (
    "siteId" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "proof" TEXT NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "provedAt" TIMESTAMPTZ(3),
    "provedName" TEXT,
    "missingAt" TIMESTAMPTZ(3),
    "leadsHere" BOOLEAN NOT NULL DEFAULT false,
    "problem" TEXT,
    "lookedAt" TIMESTAMPTZ(3),
    "lookAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "certificate" TEXT,
    "sealedKey" TEXT,
    "certificateEndsAt" TIMESTAMPTZ(3),
    "renewAt" TIMESTAMPTZ(3),
    "orderProblem" TEXT,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "orderAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Domain_pkey" PRIMARY KEY ("siteId","name")
);

-- CreateTable
CREATE TABLE "AcmeAccount" (
    "directory" TEXT NOT NULL,
    "sealedKey" TEXT NOT NULL,
    "url" TEXT,

    CONSTRAINT "AcmeAccount_pkey" PRIMARY KEY ("directory")
);

-- CreateIndex
CREATE UNIQUE INDEX "Domain_provedName_key" ON "Domain"("provedName");

-- CreateIndex
CREATE INDEX "Domain_name_idx" ON "Domain"("name");

-- CreateIndex
CREATE INDEX "Domain_lookAt_idx" ON "Domain"("lookAt");

-- AddForeignKey
ALTER TABLE "Domain" ADD CONSTRAINT "Domain_siteId_fkey" FOREIGN KEY ("siteId") REFERENCES "Site"("id") ON DELETE CASCADE ON UPDATE CASCADE;
