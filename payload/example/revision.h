// What differs between the revisions of the example application: all of it is SQL. Each executable is built
// with one revision_*.cpp, and knows no other schema than its own.
#pragma once

namespace lockstep::clinic {

struct Revision {
    const char* version;
    int schema;                 // PRAGMA user_version of a register that this revision understands
    const char* create;         // the schema
    const char* add_place;      // ?1 name; one that is there already is fine
    const char* add_patient;    // ?1 name, ?2 village, which is there
    const char* add_visit;      // ?1 patient, ?2 day, ?3 complaint
    const char* sample_details; // gives the sample patients states and telephone numbers
    const char* list;           // id, name, village, state, last visit, telephone: each as text
    const char* problems;       // a row for each thing that is wrong with the register, as text
};

extern const Revision revision;

// The same in every revision, so that updates can be seen to keep it: "CLNC".
constexpr int application_id = 0x434c4e43;

} // namespace lockstep::clinic
