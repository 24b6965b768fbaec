// What Lockstep says to a person, by name; the words are in messages_endings.cpp and messages_shown.cpp.
#pragma once

namespace lockstep {

enum class Message {
    // What happened, what it means for the data, what to do: error.cpp says which belong to which exit code.
    everything_in_order,
    unexpected_fault,
    not_possible,
    done_but_tidying,
    does_not_fit,
    cannot_be_trusted,
    no_room_or_right,
    somebody_is_busy,
    data_not_converted,
    copy_is_wrong,
    failed_its_own_test,
    failed_and_undone,
    database_is_damaged,
    could_not_end,
    was_cancelled,

    data_is_safe,
    as_it_was,
    nothing_changed,
    complete_and_safe,
    damaged_before,
    everything_kept,

    do_nothing,
    try_again_or_send,
    correct_and_try_again,
    do_nothing_left_over,
    send_wrong_installation,
    get_it_again,
    make_room_or_get_right,
    close_the_application,
    go_on_and_send,
    try_again_or_copy,
    copy_and_ask,
    touch_nothing_and_ask,
    start_again_later,

    // How a run that succeeded ended. {1} product, {2} and {3} versions, where nothing else is said.
    updated,
    updated_but,   // the same, where the release let something go: kept_except follows
    kept_except,   // {1}: what was let go, {2}: folder
    rows_let_go,   // {1}: so many, {2}: table
    table_let_go,  // {1}: so many rows, {2}: table
    column_let_go, // {1}: so many values, {2}: column
    more_let_go,   // {1}: number
    updated_without_database,
    updated_with_first_database,
    first_database_made, // {1}: product, {2}: version
    prepared,
    prepared_so_much, // {1}: rows
    nothing_to_prepare,
    tidying_is_left, // {1}: why
    up_to_date,      // {1}: version
    no_bundle,       // {1}: folder
    check_passed,
    preview_made, // {1}: version, {2}: folder
    taken_back,
    taken_back_to_the_byte,
    taken_back_set_aside, // {1}: folder
    taken_back_reverted,
    nothing_to_recover,
    installation_is_sound,
    change_completed, // {1} and {2}: versions
    change_undone,    // {1} and {2}: versions
    change_not_begun, // {1}: version
    last_run_failed,  // {1}: time, {2}: message
    who_uses_it,      // {1}: programs
    who_runs,         // {1}: programs
    another_updater,
    another_program,
    nobody_allowed_it, // to be an administrator for this

    // What to do where more is known than the exit code says.
    wait_for_the_other,
    let_only_administrators_write,
    shorten_the_path,
    put_files_back, // {1}: version
    name_the_root,
    stay_with_version, // {1}: version
    stay_or_set_aside, // {1}: version
    move_database_away,
    schedule_as_owner,
    name_the_folder,
    install_a_scheduler,
    move_that_file,
    name_the_key,
    make_that_folder,
    name_a_bundle,
    get_a_newer_bundle,
    get_a_newer_updater,
    name_the_platform,
    run_as_the_user,
    last_ending = run_as_the_user,

    // What is being done: see phase_words().
    phase_lock,
    phase_verify,
    phase_recognise,
    phase_preflight,
    phase_prepare,
    phase_stage,
    phase_back_up,
    phase_migrate,
    phase_verify_trial,
    phase_health,
    phase_preview,
    phase_swap,
    phase_retire,

    // How long it takes, and for how much.
    less_than_a_second,
    about_a_second,
    about_seconds, // {1}: number
    about_a_minute,
    about_minutes, // {1}: number
    about_an_hour,
    about_hours, // {1}: number
    no_rows,
    one_row,
    rows, // {1}: number
    one_value,
    values,        // {1}: number
    million_rows,  // {1}: number below 2
    millions_rows, // {1}: number
    thousands_mark,
    decimal_mark,
    for_rows,        // {1}: time, {2}: rows
    takes,           // {1}: time
    would_run,       // {1}: script
    it_takes,        // {1}: time
    not_rehearsed,   // {1} and {2}: rows
    can_be_prepared, // {1}: time
    low_battery,     // {1}: percent
    no_journal,      // {1}: path, {2}: kind of volume

    // The window.
    window_title,
    window_title_of, // {1}: product
    from_to,         // {1} and {2}: versions
    time_left,       // {1}: time
    do_not_switch_off,
    stopping,
    button_cancel,
    button_close,
    button_retry,
    button_log,
    details,
    shutdown_waits,
    last_shown = shutdown_waits,
};

} // namespace lockstep
