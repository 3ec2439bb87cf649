#![cfg_attr(fuzzing, no_main)]

taskwire_fuzz::guided!(settings);
