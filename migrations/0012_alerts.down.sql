drop table alert_delivery;
drop table alert;
drop index campaign_paused_by_engine;
alter table campaign drop column paused_by_engine;
alter table lane drop column paused_by_engine;
alter table gateway_account drop column paused_by_engine;
delete from setting where key = 'alerts';
