drop table dnc_exemption;
drop table dnc_stage;
drop table dnc_block;
drop table dnc_version;
drop table dnc_list;
