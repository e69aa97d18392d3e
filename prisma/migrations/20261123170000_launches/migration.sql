-- CreateTable
CREATE TABLE "Launch" (
    "id" UUID NOT NULL,
    "address" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "Launch_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "Launch_address_at_idx" ON "Launch"("address", "at");
