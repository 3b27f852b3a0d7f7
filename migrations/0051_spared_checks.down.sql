alter table enrollment add constraint enrollment_contact_id_fkey foreign key (contact_id) references contact (id);
alter table contact add constraint contact_lane_id_fkey foreign key (lane_id) references lane (id);
alter table message
  add constraint message_lane_id_fkey foreign key (lane_id) references lane (id),
  add constraint message_contact_id_fkey foreign key (contact_id) references contact (id),
  add constraint message_enrollment_id_fkey foreign key (enrollment_id) references enrollment (id);
