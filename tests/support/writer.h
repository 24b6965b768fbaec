// An application that writes to its databases without end, in a process of its own: connections come and go,
// wait for locks or don't, idle, and sometimes end in the middle of a transaction.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <sys/types.h>

namespace lockstep {

struct WritingManner {
    std::string journal_mode;    // as PRAGMA journal_mode has it
    bool both_databases = false; // each transaction writes to data/log.db too
    bool may_be_killed = false;  // now and then ends itself in the middle of a transaction
    unsigned seed = 1;
};

class Writer {
  public:
    // `record`: an append-only file; a write is in it before the next one begins.
    Writer(const std::string& root, const std::string& record, const WritingManner& manner);
    ~Writer();
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    // Between two connections it waits for at most this long, ms.
    void pause_at_most(int milliseconds);
    int acknowledged() const;
    int refused() const; // writes that were not acknowledged: busy, and the like
    // Ends after the write that it is at.
    void stop();

  private:
    struct Shared;
    Shared* shared_; // with the other process
    pid_t process_ = -1;
};

// What the writer was told had been written: texts of place.name in the register, and of entry.text in the
// log.
std::set<std::string> acknowledged_in(const std::string& record);

} // namespace lockstep
