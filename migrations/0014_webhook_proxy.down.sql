drop index gateway_event_spooled;
drop table webhook_proxy_delivery;
drop table webhook_proxy_target;
