-- CreateTable
CREATE TABLE "KeptAnswer" (
    "id" TEXT NOT NULL,
    "caller" TEXT NOT NULL,
    "request" TEXT NOT NULL,
    "attempt" UUID NOT NULL,
    "status" INTEGER,
    "sealed" TEXT,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "KeptAnswer_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "KeptAnswer_caller_expiresAt_idx" ON "KeptAnswer"("caller", "expiresAt");

-- CreateIndex
CREATE INDEX "KeptAnswer_expiresAt_idx" ON "KeptAnswer"("expiresAt");
