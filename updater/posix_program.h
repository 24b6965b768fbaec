// Starting and ending a program with everything it starts. Included by posix_*.cpp only.
#pragma once

#include "updater/posix_error.h"
#include "updater/process.h"

#include <grp.h>
#include <sys/types.h>

namespace lockstep {

// A program that was started, in its own session and process group. The destructor ends the whole group.
//
// It ends with this process, too, even with kill -9: the program itself by PR_SET_PDEATHSIG, and what it
// started through a keeper, a small process that waits until the pipe to this one closes and then ends the
// group.
class StartedProgram {
  public:
    explicit StartedProgram(const ProgramToRun& program);
    ~StartedProgram();
    StartedProgram(const StartedProgram&) = delete;
    StartedProgram& operator=(const StartedProgram&) = delete;

    // stdout and stderr together; not blocking.
    int output() const { return output_.number(); }
    // True when it has ended; it stays a zombie, so that its number can't become another program's, until
    // reap().
    bool has_ended() const;
    // Ends the whole group; nothing where it ended already.
    void end();
    // Ends the rest of the group, and gives the exit code: 128 + N where signal N ended it.
    int reap();

  private:
    Descriptor output_;
    Descriptor lifeline_;
    pid_t keeper_ = -1;
    pid_t process_ = -1;
};

} // namespace lockstep
