alter table gateway_account drop column foreign_texts_until;
