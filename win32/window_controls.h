// What stands in the window, one below the other, and how large: by the system's font, the texts and the
// resolution of the monitor, so that the longest translation fits.
#pragma once

#include "win32/system_error.h"
#include "win32/system_library.h"

#include <memory>
#include <string>
#include <vector>

namespace lockstep {

// From top to bottom; the buttons stand beside each other. Their numbers are those of the child windows.
namespace control {
constexpr int headline = 101; // what is updated; at the end what happened
constexpr int versions = 102;
constexpr int activity = 103; // the phase; at the end the message
constexpr int bar = 104;
constexpr int time = 105;
constexpr int data = 106; // what it means for the data
constexpr int advice = 107;
constexpr int details_label = 108;
constexpr int details = 109;
constexpr int log = 110;
constexpr int retry = 111;
constexpr int close = IDCANCEL; // Cancel, then Close: Esc presses it
} // namespace control

class WindowControls {
  public:
    explicit WindowControls(HWND window);

    void set_text(int id, const std::string& utf8);
    // Only these are shown; arrange() moves the rest together.
    void show_only(const std::vector<int>& ids);
    void enable(int id, bool enabled);
    // The button that Enter presses.
    void focus(int id);
    void focus_none();
    // While another window is active, and when this one is again.
    void remember_focus();
    void restore_focus();
    void set_bar(double part);

    // Places everything, and makes the window as high as it needs to be; `first`: in the middle of its
    // monitor.
    void arrange(bool first = false);

    static constexpr int bar_steps = 1000;

  private:
    struct Measures {
        int line = 0; // heights and widths in pixels
        int character = 0;
        int margin = 0;
        int gap = 0;
        int width = 0; // of the content
    };
    struct FontDeleter {
        void operator()(HFONT font) const { ::DeleteObject(font); }
    };
    using Font = std::unique_ptr<std::remove_pointer_t<HFONT>, FontDeleter>;

    HWND make(const wchar_t* class_name, DWORD style, int id);
    HWND get(int id) const { return ::GetDlgItem(window_, id); }
    UINT dpi() const;
    void make_fonts();
    Measures measure() const;
    int width_of_button(int id, const Measures& measures) const;
    int height_of(int id, const Measures& measures) const;
    int place_stack(const Measures& measures);
    void place_buttons(const Measures& measures, int top);
    void resize(int width, int height, bool first);

    SystemLibrary common_controls_{L"comctl32.dll"}; // has the bar
    HWND window_;
    UINT font_dpi_ = 0;
    Font font_;
    Font headline_font_;
    std::vector<int> shown_;
    HWND focused_ = nullptr;
};

} // namespace lockstep
