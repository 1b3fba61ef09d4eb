"""When Discord refuses a form, as its tree of errors. Pure: the limits are Discord's."""
