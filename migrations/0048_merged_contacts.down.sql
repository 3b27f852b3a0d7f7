drop index call_contact;
