-- Purpose: keep each of several reports that came before our own record of a text, also where they contradict each other.
-- Locks:   early_receipt, exclusively; it holds the reports of some seconds, and those of texts that are not ours.
-- Old code may run beside it: yes. It applies one of several reports of a text, as it did.

alter table early_receipt drop constraint early_receipt_pkey;
alter table early_receipt add constraint early_receipt_once unique nulls not distinct (account_id, gateway_message_id, status, error_code);
