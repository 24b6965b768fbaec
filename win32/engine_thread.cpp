#include "win32/engine_thread.h"

#include "updater/process.h"
#include "updater/report.h"
#include "win32/elevation.h"
#include "win32/text.h"

#include <algorithm>
#include <array>

namespace lockstep {
namespace {

class WindowProgress : public Progress {
  public:
    WindowProgress(EngineThread& engine, File* log) : engine_(engine), log_(log) {}
    void about(const Undertaking& undertaking) override {
        engine_.by_the_window([&] { engine_.listener().about(undertaking); });
    }
    void fraction(double part) override { engine_.set_fraction(part); }
    void note(const std::string& text) override {
        log_line(log_, text);
        engine_.by_the_window([&] { engine_.listener().note(text); });
    }

  protected:
    void show(const std::string& name) override {
        log_line(log_, name);
        engine_.set_fraction(0);
        engine_.by_the_window([&] { engine_.listener().phase(name); });
    }

  private:
    EngineThread& engine_;
    File* log_;
};

std::string folder_of_temporary_files() {
    std::array<wchar_t, MAX_PATH + 1> path{};
    const DWORD size = ::GetTempPathW(static_cast<DWORD>(path.size()), path.data());
    if (size == 0 || size >= path.size()) throw last_error("find", "the folder of temporary files");
    return plain_path(system_path(std::wstring(path.data(), size)));
}

// One for each run, so that nobody can have prepared it.
std::string new_log() {
    std::string time = utc_now();
    std::ranges::replace(time, ':', '-');
    return folder_of_temporary_files() + "/lockstep-update-" + time + "-" +
           std::to_string(::GetCurrentProcessId()) + ".log";
}

} // namespace

EngineThread::~EngineThread() {
    if (thread_.joinable()) thread_.join();
}

void EngineThread::start() {
    if (thread_.joinable()) thread_.join();
    outcome_.reset();
    thread_ = std::thread([this] {
        const int code = run();
        by_the_window([&] { listener_.run_ended(code, outcome_); });
    });
}

// An error that nobody expected ends a thread's whole process without a word.
int EngineThread::run() try { return engine_(*this); } catch (const std::exception&) {
    outcome_ = outcome_of(caught_error(), Progress());
    return static_cast<int>(outcome_->code);
}

void EngineThread::by_the_window(const std::function<void()>& call) const {
    ::SendMessageW(window_, message, 0, reinterpret_cast<LPARAM>(&call));
}

void EngineThread::handle(LPARAM call) {
    (*reinterpret_cast<const std::function<void()>*>(call))();
}

std::unique_ptr<Progress> EngineThread::progress(File* log) {
    return std::make_unique<WindowProgress>(*this, log);
}

std::string EngineThread::log(const std::string& named) {
    if (log_path_.empty()) log_path_ = named.empty() ? new_log() : named;
    return log_path_;
}

std::optional<int> EngineThread::done_with_more_rights(const std::string& root) {
    if (is_elevated_or_may_write(root)) return std::nullopt;
    return run_elevated(window_);
}

} // namespace lockstep
