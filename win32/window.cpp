#include "win32/window.h"

#include "payload/estimate.h"
#include "payload/language.h"
#include "updater/overall_progress.h"
#include "win32/cancel.h"
#include "win32/engine_thread.h"
#include "win32/open_log.h"
#include "win32/text.h"
#include "win32/window_controls.h"

namespace lockstep {
namespace {

constexpr const wchar_t* class_name = L"LockstepUpdate";
constexpr UINT_PTR refresh_timer = 1;
constexpr UINT refresh_ms = 200;
constexpr UINT dpi_changed = 0x02E0; // WM_DPICHANGED, since Windows 8.1

class Window : public EngineListener {
  public:
    explicit Window(const Engine& engine);
    int run();
    LRESULT receive(UINT message, WPARAM wide_parameter, LPARAM long_parameter);

    void about(const Undertaking& undertaking) override;
    void phase(const std::string& name) override;
    void note(const std::string& text) override;
    void run_ended(int code, const std::optional<Outcome>& outcome) override;

  private:
    enum class State { working, stopping, swapping, past_the_swap, ended };

    void begin();
    void refresh();
    void cancel_or_close();
    void press(int button);
    void enter(State state);
    void block_shutdown(bool blocked);
    bool may_shut_down();
    void show_ending(const Outcome& outcome);
    void move_to_monitor(const RECT& suggested);

    HWND window_;
    WindowControls controls_;
    EngineThread engine_;
    OverallProgress progress_;
    State state_ = State::working;
    std::string note_;
    bool session_ends_ = false;
    int code_ = 0;
};

HWND make_window();

// --- What a person reads

// Who cancelled it needn't be told where it was interrupted.
std::string details_of(const Outcome& outcome, bool stopped_here) {
    std::string text;
    for (const std::string& note : outcome.notes) text += note + "\n";
    const bool known = outcome.happened.empty() || (stopped_here && outcome.code == Code::cancelled);
    return known ? text : text + outcome.message;
}

std::vector<int> controls_of_ending(const Outcome& outcome, const std::string& details) {
    std::vector<int> shown{control::headline, control::activity, control::data, control::advice};
    if (!outcome.happened.empty()) std::erase(shown, control::activity);
    if (!outcome.happened.empty() && !outcome.to.empty()) shown.push_back(control::versions);
    if (!details.empty()) shown.insert(shown.end(), {control::details_label, control::details});
    if (outcome.code == Code::busy) shown.push_back(control::retry);
    shown.insert(shown.end(), {control::log, control::close});
    return shown;
}

// --- The run

Window::Window(const Engine& engine)
    : window_(make_window()), controls_(window_), engine_(engine, window_, *this) {
    ::SetWindowLongPtrW(window_, GWLP_USERDATA, reinterpret_cast<LONG_PTR>(this));
    begin();
    controls_.arrange(true);
    ::ShowWindow(window_, SW_SHOWNORMAL);
    ::SetTimer(window_, refresh_timer, refresh_ms, nullptr);
}

void Window::begin() {
    ask_to_cancel(false);
    ::SetThreadExecutionState(ES_CONTINUOUS | ES_SYSTEM_REQUIRED);
    progress_ = {};
    note_.clear();
    ::SetWindowTextW(window_, wide(say(Message::window_title)).c_str());
    controls_.set_text(control::headline, say(Message::window_title));
    controls_.set_text(control::versions, {});
    controls_.set_text(control::activity, {});
    controls_.set_text(control::time, {});
    controls_.set_text(control::close, say(Message::button_cancel));
    controls_.set_bar(0);
    controls_.show_only({control::headline, control::versions, control::activity, control::bar, control::time,
                         control::close});
    enter(State::working);
    controls_.focus_none(); // a key that was meant for another window cancels nothing
}

int Window::run() {
    engine_.start();
    MSG message{};
    while (::GetMessageW(&message, nullptr, 0, 0) > 0) {
        if (::IsDialogMessageW(window_, &message) != 0) continue;
        ::TranslateMessage(&message);
        ::DispatchMessageW(&message);
    }
    return code_;
}

void Window::about(const Undertaking& undertaking) {
    const std::string title = say(Message::window_title_of, {undertaking.product});
    ::SetWindowTextW(window_, wide(title).c_str());
    controls_.set_text(control::headline, title);
    if (!undertaking.from.empty())
        controls_.set_text(control::versions, say(Message::from_to, {undertaking.from, undertaking.to}));
    progress_.expect(undertaking.phase_seconds);
    controls_.arrange();
}

void Window::phase(const std::string& name) {
    progress_.begin(name, std::chrono::steady_clock::now());
    if (name == "swap") {
        // What was asked before this, the engine asks for after it.
        if (session_ends_) ask_to_cancel(true);
        enter(State::swapping);
    } else if (state_ == State::swapping) {
        enter(State::past_the_swap);
    }
    controls_.set_text(control::activity,
                       state_ == State::stopping ? say(Message::stopping) : phase_words(name));
    refresh();
    controls_.arrange();
}

void Window::note(const std::string& text) {
    note_ += (note_.empty() ? "" : "\n") + text;
    refresh();
    controls_.arrange();
}

void Window::refresh() {
    if (state_ == State::ended) return;
    const auto now = std::chrono::steady_clock::now();
    progress_.fraction(engine_.fraction());
    controls_.set_bar(progress_.done(now));
    std::string text;
    if (state_ == State::swapping || state_ == State::past_the_swap)
        text = say(Message::do_not_switch_off);
    else if (const auto left = progress_.seconds_left(now); left && state_ == State::working)
        text = say(Message::time_left, {rough_duration(*left)});
    controls_.set_text(control::time, note_.empty() ? text : text + "\n" + note_);
}

void Window::enter(State state) {
    if (state_ == State::swapping || state == State::swapping) block_shutdown(state == State::swapping);
    state_ = state;
    controls_.enable(control::close, state == State::working || state == State::ended);
}

// --- Cancelling, closing, shutting down

void Window::cancel_or_close() {
    if (state_ == State::ended) {
        ::DestroyWindow(window_);
    } else if (state_ == State::working) {
        ask_to_cancel(true);
        controls_.set_text(control::activity, say(Message::stopping));
        enter(State::stopping);
    }
}

void Window::press(int button) {
    if (button == control::close) cancel_or_close();
    if (state_ != State::ended) return;
    if (button == control::log) open_log(window_, engine_.log_path());
    if (button == control::retry) {
        begin();
        controls_.arrange();
        engine_.start();
    }
}

// Windows shows the reason to whoever shuts down.
void Window::block_shutdown(bool blocked) {
    if (blocked)
        ::ShutdownBlockReasonCreate(window_, wide(say(Message::shutdown_waits)).c_str());
    else
        ::ShutdownBlockReasonDestroy(window_);
}

// A swap that has not begun when Windows is told yes does not begin any more.
bool Window::may_shut_down() {
    if (state_ == State::swapping) return false;
    session_ends_ = true;
    return true;
}

// --- The end

void Window::run_ended(int code, const std::optional<Outcome>& outcome) {
    code_ = code;
    if (!outcome) { // another process has shown it
        enter(State::ended);
        ::DestroyWindow(window_);
        return;
    }
    ::SetThreadExecutionState(ES_CONTINUOUS);
    show_ending(*outcome);
}

void Window::show_ending(const Outcome& outcome) {
    const CodeMeaning& meaning = meaning_of(outcome.code);
    const bool succeeded = outcome.happened.empty();
    const std::string details = details_of(outcome, state_ == State::stopping);
    controls_.set_text(control::headline, succeeded ? say(meaning.happened) : outcome.happened);
    controls_.set_text(control::activity, outcome.message);
    controls_.set_text(control::data, say(meaning.data));
    controls_.set_text(control::advice, outcome.advice);
    controls_.set_text(control::details_label, say(Message::details));
    controls_.set_text(control::details, details);
    controls_.set_text(control::log, say(Message::button_log));
    controls_.set_text(control::retry, say(Message::button_retry));
    controls_.set_text(control::close, say(Message::button_close));
    if (!outcome.from.empty() && !outcome.to.empty())
        controls_.set_text(control::versions, say(Message::from_to, {outcome.from, outcome.to}));
    controls_.show_only(controls_of_ending(outcome, details));
    enter(State::ended);
    controls_.arrange();
    controls_.focus(outcome.code == Code::busy ? control::retry : control::close);
    ::SetForegroundWindow(window_);
}

// --- Windows

void Window::move_to_monitor(const RECT& suggested) {
    ::SetWindowPos(window_, nullptr, suggested.left, suggested.top, suggested.right - suggested.left,
                   suggested.bottom - suggested.top, SWP_NOZORDER | SWP_NOACTIVATE);
    controls_.arrange();
}

LRESULT Window::receive(UINT message, WPARAM wide_parameter, LPARAM long_parameter) {
    switch (message) {
    case EngineThread::message:
        EngineThread::handle(long_parameter);
        return 0;
    case WM_TIMER:
        refresh();
        return 0;
    case WM_COMMAND:
        press(LOWORD(wide_parameter));
        return 0;
    case WM_CLOSE:
        cancel_or_close();
        return 0;
    case WM_QUERYENDSESSION:
        return may_shut_down() ? TRUE : FALSE;
    case WM_ENDSESSION:
        session_ends_ = wide_parameter != 0;
        if (session_ends_) ask_to_cancel(true);
        return 0;
    case WM_ACTIVATE:
        if (LOWORD(wide_parameter) == WA_INACTIVE) controls_.remember_focus();
        return ::DefWindowProcW(window_, message, wide_parameter, long_parameter);
    case WM_SETFOCUS:
        controls_.restore_focus();
        return 0;
    case DM_GETDEFID: // the button that Enter presses
        return MAKELRESULT(::GetDlgCtrlID(::GetFocus()), DC_HASDEFID);
    case dpi_changed:
        move_to_monitor(*reinterpret_cast<const RECT*>(long_parameter));
        return 0;
    case WM_CTLCOLORSTATIC:
        return reinterpret_cast<LRESULT>(::GetSysColorBrush(COLOR_WINDOW));
    case WM_DESTROY:
        ::PostQuitMessage(0);
        return 0;
    default:
        return ::DefWindowProcW(window_, message, wide_parameter, long_parameter);
    }
}

LRESULT CALLBACK receive_message(HWND window, UINT message, WPARAM wide_parameter, LPARAM long_parameter) {
    auto* const own = reinterpret_cast<Window*>(::GetWindowLongPtrW(window, GWLP_USERDATA));
    return own ? own->receive(message, wide_parameter, long_parameter)
               : ::DefWindowProcW(window, message, wide_parameter, long_parameter);
}

HWND make_window() {
    HINSTANCE const program = ::GetModuleHandleW(nullptr);
    WNDCLASSEXW described{};
    described.cbSize = sizeof described;
    described.lpfnWndProc = &receive_message;
    described.hInstance = program;
    described.hIcon = ::LoadIconW(program, MAKEINTRESOURCEW(1));
    described.hCursor = ::LoadCursorW(nullptr, IDC_ARROW);
    described.hbrBackground = ::GetSysColorBrush(COLOR_WINDOW);
    described.lpszClassName = class_name;
    ::RegisterClassExW(&described);
    HWND const made = ::CreateWindowExW(
        WS_EX_CONTROLPARENT, class_name, L"", WS_CAPTION | WS_SYSMENU | WS_MINIMIZEBOX | WS_CLIPCHILDREN,
        CW_USEDEFAULT, CW_USEDEFAULT, 0, 0, nullptr, nullptr, program, nullptr);
    if (!made) throw last_error("open", "the window");
    return made;
}

} // namespace

int run_in_window(const Engine& engine) {
    Window window(engine);
    return window.run();
}

bool has_a_desktop() {
    DWORD session = 0;
    return ::ProcessIdToSessionId(::GetCurrentProcessId(), &session) != 0 && session != 0;
}

} // namespace lockstep
