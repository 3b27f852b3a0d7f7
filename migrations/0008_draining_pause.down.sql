alter table lane drop column drains_after_pause;
