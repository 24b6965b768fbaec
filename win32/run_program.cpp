// A program runs in a job of its own: whatever it starts belongs to the job, and the job ends with the last
// handle to it, which is this process's.
#include "payload/language.h"
#include "updater/process.h"
#include "win32/command_words.h"
#include "win32/security.h"
#include "win32/text.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

namespace lockstep {
namespace {

constexpr DWORD step_ms = 50;     // how often it is asked for the end and for `cancelled`
constexpr UINT ended_by_us = 137; // as on Linux, for a program that was killed

struct Pipe {
    Handle reading;
    Handle writing;
};

// Only those that are listed for the program are inherited, though they have to be inheritable as well.
SECURITY_ATTRIBUTES inheritable() {
    return {sizeof(SECURITY_ATTRIBUTES), nullptr, TRUE};
}

Pipe make_pipe() {
    HANDLE reading = nullptr;
    HANDLE writing = nullptr;
    SECURITY_ATTRIBUTES attributes = inheritable();
    if (::CreatePipe(&reading, &writing, &attributes, 0) == 0) throw last_error("make", "a pipe");
    return {Handle(reading), Handle(writing)};
}

Handle open_null() {
    SECURITY_ATTRIBUTES attributes = inheritable();
    Handle null(::CreateFileW(L"NUL", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, &attributes,
                              OPEN_EXISTING, 0, nullptr));
    if (!null) throw last_error("open", "NUL");
    return null;
}

Handle make_job() {
    Handle job(::CreateJobObjectW(nullptr, nullptr));
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION limits{};
    limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
    if (!job ||
        ::SetInformationJobObject(job.get(), JobObjectExtendedLimitInformation, &limits, sizeof limits) == 0)
        throw last_error("make", "a job");
    return job;
}

// The list of handles that a program inherits.
class InheritedHandles {
  public:
    explicit InheritedHandles(std::vector<HANDLE> handles) : handles_(std::move(handles)) {
        SIZE_T size = 0;
        ::InitializeProcThreadAttributeList(nullptr, 1, 0, &size);
        room_.resize(size);
        if (::InitializeProcThreadAttributeList(list(), 1, 0, &size) == 0 ||
            ::UpdateProcThreadAttribute(list(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles_.data(),
                                        handles_.size() * sizeof(HANDLE), nullptr, nullptr) == 0)
            throw last_error("name", "the handles of a program");
    }
    ~InheritedHandles() { ::DeleteProcThreadAttributeList(list()); }
    InheritedHandles(const InheritedHandles&) = delete;
    InheritedHandles& operator=(const InheritedHandles&) = delete;
    LPPROC_THREAD_ATTRIBUTE_LIST list() {
        return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(room_.data());
    }

  private:
    std::vector<HANDLE> handles_;
    std::vector<std::byte> room_;
};

class StartedProgram {
  public:
    explicit StartedProgram(const ProgramToRun& program) : job_(make_job()) {
        if (program.argv.empty()) throw Error(Code::internal_error, "start", "a program", "it has no name");
        if (is_local_system())
            throw Error(Code::internal_error, "start", program.argv[0],
                        "a release's programs are not run with the rights of the system")
                .advise(say(Message::run_as_the_user));
        Pipe output = make_pipe();
        start(program, open_null(), output.writing);
        output_ = std::move(output.reading);
    }
    ~StartedProgram() { ::TerminateJobObject(job_.get(), ended_by_us); }
    StartedProgram(const StartedProgram&) = delete;
    StartedProgram& operator=(const StartedProgram&) = delete;

    bool has_ended(DWORD wait_ms) const {
        return ::WaitForSingleObject(process_.get(), wait_ms) == WAIT_OBJECT_0;
    }

    // No more than the last `most` bytes are kept.
    void read_available(std::size_t most, std::string& kept) const {
        DWORD available = 0;
        std::array<char, 4096> piece{};
        while (::PeekNamedPipe(output_.get(), nullptr, 0, nullptr, &available, nullptr) != 0 &&
               available > 0) {
            DWORD count = 0;
            if (::ReadFile(output_.get(), piece.data(), static_cast<DWORD>(piece.size()), &count, nullptr) ==
                0)
                return;
            kept.append(piece.data(), count);
            if (kept.size() > most) kept.erase(0, kept.size() - most);
        }
    }

    // Ends what is left of it and of what it started.
    int end() {
        ::TerminateJobObject(job_.get(), ended_by_us);
        ::WaitForSingleObject(process_.get(), INFINITE);
        DWORD code = 0;
        if (::GetExitCodeProcess(process_.get(), &code) == 0)
            throw last_error("ask for", "a program's exit code");
        return static_cast<int>(code);
    }

  private:
    // Suspended until it is in the job, or it could start something that isn't.
    void start(const ProgramToRun& program, const Handle& null, const Handle& output) {
        const std::string& name = program.argv[0];
        InheritedHandles inherited({null.get(), output.get()});
        STARTUPINFOEXW startup{};
        startup.StartupInfo.cb = sizeof startup;
        startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
        startup.StartupInfo.hStdInput = null.get();
        startup.StartupInfo.hStdOutput = output.get();
        startup.StartupInfo.hStdError = output.get();
        startup.lpAttributeList = inherited.list();
        PROCESS_INFORMATION made{};
        std::vector<std::string> words = program.argv;
        std::ranges::replace(words[0], '/', '\\'); // or it would be read as an option
        std::wstring line = command_line_of(words);
        if (::CreateProcessW(system_path(name).c_str(), line.data(), nullptr, nullptr, TRUE,
                             CREATE_SUSPENDED | CREATE_NO_WINDOW | EXTENDED_STARTUPINFO_PRESENT, nullptr,
                             with_backslashes(program.folder).c_str(), &startup.StartupInfo, &made) == 0)
            throw Error(Code::internal_error, "start", name, words_of(::GetLastError()));
        process_ = Handle(made.hProcess);
        const Handle thread(made.hThread);
        if (::AssignProcessToJobObject(job_.get(), made.hProcess) == 0) {
            const Error error = last_error("start", name);
            ::TerminateProcess(made.hProcess, ended_by_us);
            throw error;
        }
        ::ResumeThread(thread.get());
    }

    Handle job_;
    Handle process_;
    Handle output_;
};

} // namespace

ProgramResult run_program(const ProgramToRun& program, const std::function<bool()>& cancelled) {
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(program.timeout_s);
    StartedProgram started(program);
    ProgramResult result;
    bool stopped = false;
    while (!stopped && !started.has_ended(step_ms)) {
        started.read_available(program.kept_output, result.output);
        result.timed_out = std::chrono::steady_clock::now() >= latest && !started.has_ended(0);
        stopped = result.timed_out || cancelled();
    }
    result.exit_code = started.end();
    started.read_available(program.kept_output, result.output);
    return result;
}

} // namespace lockstep
