// The engine on a thread of its own, and what it tells the window: always by the window's own thread.
#pragma once

#include "updater/display.h"
#include "win32/system_error.h"

#include <atomic>
#include <optional>
#include <string>
#include <thread>

namespace lockstep {

class EngineListener {
  public:
    virtual ~EngineListener() = default;
    virtual void about(const Undertaking& undertaking) = 0;
    // The engine goes on when this returns: what is asked of it before, it knows of.
    virtual void phase(const std::string& name) = 0;
    virtual void note(const std::string& text) = 0;
    // Everything that it had open is closed. Without an outcome another process made the run.
    virtual void run_ended(int code, const std::optional<Outcome>& outcome) = 0;
};

class EngineThread : public Display {
  public:
    // The window passes the messages of this number to handle().
    static constexpr UINT message = WM_APP;

    EngineThread(Engine engine, HWND window, EngineListener& listener)
        : engine_(std::move(engine)), window_(window), listener_(listener) {}
    ~EngineThread() override;

    void start(); // when no run is going on
    static void handle(LPARAM call);

    double fraction() const { return fraction_; } // of the present phase
    const std::string& log_path() const { return log_path_; }

    // Display: by the engine's thread.
    std::unique_ptr<Progress> progress(File* log) override;
    void ended(const Outcome& outcome) override { outcome_ = outcome; }
    std::string log(const std::string& named) override;
    std::optional<int> done_with_more_rights(const std::string& root) override;

    // For its Progress.
    EngineListener& listener() { return listener_; }
    void set_fraction(double part) { fraction_ = part; }
    void by_the_window(const std::function<void()>& call) const;

  private:
    int run();

    Engine engine_;
    HWND window_;
    EngineListener& listener_;
    std::thread thread_;
    std::atomic<double> fraction_{0};
    std::optional<Outcome> outcome_;
    std::string log_path_;
};

} // namespace lockstep
