drop table dnc_exemption;
drop table dnc_stage;
drop table dnc_block;
alter table dnc_list drop constraint dnc_list_version_id_fkey;
drop table dnc_version;
drop table dnc_list;
