drop index validation_item_outcome;
