#include "win32/window_controls.h"

#include "win32/text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <commctrl.h>

namespace lockstep {
namespace {

constexpr std::array stack{control::headline, control::versions,      control::activity,
                           control::bar,      control::time,          control::data,
                           control::advice,   control::details_label, control::details};
constexpr std::array buttons{control::log, control::retry, control::close}; // from left to right
constexpr UINT usual_dpi = 96;
constexpr int characters_wide = 70;
constexpr int details_lines = 7;
constexpr double headline_size = 1.3; // times the system's font

// A function of user32.dll that only newer Windows have.
template <typename Function> Function* newer(const char* name) {
    return reinterpret_cast<Function*>(
        reinterpret_cast<void*>(::GetProcAddress(::GetModuleHandleW(L"user32.dll"), name)));
}

class TextContext {
  public:
    TextContext(HWND window, HFONT font) : window_(window), context_(::GetDC(window)) {
        before_ = ::SelectObject(context_, font);
    }
    ~TextContext() {
        ::SelectObject(context_, before_);
        ::ReleaseDC(window_, context_);
    }
    TextContext(const TextContext&) = delete;
    TextContext& operator=(const TextContext&) = delete;

    SIZE size_of(const std::wstring& text) const {
        SIZE size{};
        ::GetTextExtentPoint32W(context_, text.c_str(), static_cast<int>(text.size()), &size);
        return size;
    }
    // Of lines that are no longer than `width`.
    int height_of(const std::wstring& text, int width) const {
        RECT rectangle{0, 0, width, 0};
        ::DrawTextW(context_, text.empty() ? L" " : text.c_str(), -1, &rectangle,
                    DT_CALCRECT | DT_WORDBREAK | DT_NOPREFIX | DT_EDITCONTROL);
        return rectangle.bottom;
    }

  private:
    HWND window_;
    HDC context_;
    HGDIOBJ before_;
};

std::wstring text_in(HWND control) {
    std::wstring text(static_cast<std::size_t>(::GetWindowTextLengthW(control)), L'\0');
    ::GetWindowTextW(control, text.data(), static_cast<int>(text.size()) + 1);
    return text;
}

LOGFONTW system_font(UINT dpi) {
    NONCLIENTMETRICSW metrics{};
    metrics.cbSize = sizeof metrics;
    using ForDpi = BOOL WINAPI(UINT, UINT, PVOID, UINT, UINT); // SystemParametersInfoForDpi, Windows 10
    const auto for_dpi = newer<ForDpi>("SystemParametersInfoForDpi");
    if (!for_dpi || for_dpi(SPI_GETNONCLIENTMETRICS, sizeof metrics, &metrics, 0, dpi) == 0)
        ::SystemParametersInfoW(SPI_GETNONCLIENTMETRICS, sizeof metrics, &metrics, 0);
    return metrics.lfMessageFont;
}

void load_bar(const SystemLibrary& common_controls) {
    INITCOMMONCONTROLSEX wanted{sizeof wanted, ICC_PROGRESS_CLASS | ICC_STANDARD_CLASSES};
    if (const auto start =
            common_controls.function<BOOL WINAPI(const INITCOMMONCONTROLSEX*)>("InitCommonControlsEx"))
        start(&wanted);
}

RECT work_area_of(HWND window) {
    MONITORINFO monitor{};
    monitor.cbSize = sizeof monitor;
    ::GetMonitorInfoW(::MonitorFromWindow(window, MONITOR_DEFAULTTONEAREST), &monitor);
    return monitor.rcWork;
}

} // namespace

WindowControls::WindowControls(HWND window) : window_(window) {
    load_bar(common_controls_);
    for (const int id : {control::headline, control::versions, control::activity})
        make(L"STATIC", SS_LEFT | SS_NOPREFIX | SS_EDITCONTROL, id);
    ::SendMessageW(make(PROGRESS_CLASSW, 0, control::bar), PBM_SETRANGE32, 0, bar_steps);
    for (const int id : {control::time, control::data, control::advice, control::details_label})
        make(L"STATIC", SS_LEFT | SS_NOPREFIX | SS_EDITCONTROL, id);
    make(L"EDIT", WS_BORDER | WS_VSCROLL | WS_TABSTOP | ES_MULTILINE | ES_READONLY | ES_AUTOVSCROLL,
         control::details);
    for (const int id : buttons) make(L"BUTTON", WS_TABSTOP | BS_PUSHBUTTON, id);
    make_fonts();
}

HWND WindowControls::make(const wchar_t* class_name, DWORD style, int id) {
    HWND const made = ::CreateWindowExW(0, class_name, L"", WS_CHILD | style, 0, 0, 0, 0, window_,
                                        reinterpret_cast<HMENU>(static_cast<INT_PTR>(id)),
                                        ::GetModuleHandleW(nullptr), nullptr);
    if (!made) throw last_error("make", "a part of the window");
    return made;
}

UINT WindowControls::dpi() const {
    if (const auto of_window = newer<UINT WINAPI(HWND)>("GetDpiForWindow")) return of_window(window_);
    HDC const screen = ::GetDC(nullptr);
    const int found = ::GetDeviceCaps(screen, LOGPIXELSY);
    ::ReleaseDC(nullptr, screen);
    return found > 0 ? static_cast<UINT>(found) : usual_dpi;
}

void WindowControls::make_fonts() {
    if (font_dpi_ == dpi()) return;
    font_dpi_ = dpi();
    LOGFONTW described = system_font(font_dpi_);
    Font font(::CreateFontIndirectW(&described));
    described.lfHeight = std::lround(described.lfHeight * headline_size);
    described.lfWeight = FW_SEMIBOLD;
    Font headline_font(::CreateFontIndirectW(&described));
    const auto set = [&](int id, HFONT used) {
        ::SendMessageW(get(id), WM_SETFONT, reinterpret_cast<WPARAM>(used), TRUE);
    };
    for (const int id : stack) set(id, id == control::headline ? headline_font.get() : font.get());
    for (const int id : buttons) set(id, font.get());
    font_ = std::move(font);
    headline_font_ = std::move(headline_font);
}

void WindowControls::set_text(int id, const std::string& utf8) {
    std::wstring text = wide(utf8);
    if (id == control::details) // whose lines end as Windows' lines do
        for (std::size_t at = text.find(L'\n'); at != std::wstring::npos; at = text.find(L'\n', at + 2))
            text.insert(at, 1, L'\r');
    if (text != text_in(get(id))) ::SetWindowTextW(get(id), text.c_str());
}

void WindowControls::show_only(const std::vector<int>& ids) {
    shown_ = ids;
    const auto show = [&](int id) {
        ::ShowWindow(get(id), std::ranges::find(ids, id) != ids.end() ? SW_SHOWNA : SW_HIDE);
    };
    std::ranges::for_each(stack, show);
    std::ranges::for_each(buttons, show);
}

void WindowControls::enable(int id, bool enabled) {
    ::EnableWindow(get(id), enabled);
}

// With the frame that says so.
void WindowControls::focus(int id) {
    for (const int button : buttons)
        ::SendMessageW(get(button), BM_SETSTYLE, button == id ? BS_DEFPUSHBUTTON : BS_PUSHBUTTON, TRUE);
    ::SetFocus(get(id));
}

void WindowControls::focus_none() {
    ::SetFocus(window_);
    focused_ = nullptr;
}

void WindowControls::remember_focus() {
    HWND const focused = ::GetFocus();
    focused_ = ::IsChild(window_, focused) != 0 ? focused : nullptr;
}

void WindowControls::restore_focus() {
    if (focused_) ::SetFocus(focused_);
}

void WindowControls::set_bar(double part) {
    ::SendMessageW(get(control::bar), PBM_SETPOS, static_cast<WPARAM>(std::lround(part * bar_steps)), 0);
}

WindowControls::Measures WindowControls::measure() const {
    const TextContext context(window_, font_.get());
    const std::wstring letters = L"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const SIZE size = context.size_of(letters);
    Measures measures;
    measures.line = size.cy;
    measures.character = (size.cx + 25) / static_cast<int>(letters.size());
    measures.margin = measures.line;
    measures.gap = measures.line / 2;
    const RECT area = work_area_of(window_);
    int row = -measures.gap;
    for (const int id : buttons) row += width_of_button(id, measures) + measures.gap;
    const int most = area.right - area.left - 4 * measures.margin;
    measures.width = std::min(std::max(measures.character * characters_wide, row), most);
    return measures;
}

int WindowControls::width_of_button(int id, const Measures& measures) const {
    const TextContext context(window_, font_.get());
    const int least = 12 * measures.character;
    return std::max<int>(least, context.size_of(text_in(get(id))).cx + 4 * measures.character);
}

int WindowControls::height_of(int id, const Measures& measures) const {
    if (id == control::bar) return measures.line + measures.line / 4;
    if (id == control::details) return details_lines * measures.line + measures.gap;
    const TextContext context(window_, id == control::headline ? headline_font_.get() : font_.get());
    return context.height_of(text_in(get(id)), measures.width);
}

// Returns where it ends.
int WindowControls::place_stack(const Measures& measures) {
    int top = measures.margin;
    for (const int id : stack) {
        if (std::ranges::find(shown_, id) == shown_.end()) continue;
        const int height = height_of(id, measures);
        ::MoveWindow(get(id), measures.margin, top, measures.width, height, TRUE);
        top += height + (id == control::details_label ? measures.gap / 2 : measures.gap);
    }
    return top + measures.gap;
}

void WindowControls::place_buttons(const Measures& measures, int top) {
    int right = measures.margin + measures.width;
    for (auto id = buttons.rbegin(); id != buttons.rend(); ++id) {
        if (std::ranges::find(shown_, *id) == shown_.end()) continue;
        const int width = width_of_button(*id, measures);
        right -= width;
        ::MoveWindow(get(*id), right, top, width, 2 * measures.line, TRUE);
        right -= measures.gap;
    }
}

void WindowControls::arrange(bool first) {
    make_fonts();
    const Measures measures = measure();
    const int top = place_stack(measures);
    place_buttons(measures, top);
    resize(measures.width + 2 * measures.margin, top + 2 * measures.line + measures.margin, first);
    ::InvalidateRect(window_, nullptr, TRUE);
}

void WindowControls::resize(int width, int height, bool first) {
    RECT inner{};
    RECT outer{};
    ::GetClientRect(window_, &inner);
    ::GetWindowRect(window_, &outer);
    const int full_width = width + (outer.right - outer.left) - inner.right;
    const int full_height = height + (outer.bottom - outer.top) - inner.bottom;
    const RECT area = work_area_of(window_);
    const int left = first ? (area.left + area.right - full_width) / 2 : static_cast<int>(outer.left);
    const int top = first ? (area.top + area.bottom - full_height) / 2 : static_cast<int>(outer.top);
    const auto inside = [](int place, int size, LONG from, LONG to) {
        return std::max(std::min(place, static_cast<int>(to) - size), static_cast<int>(from));
    };
    ::SetWindowPos(window_, nullptr, inside(left, full_width, area.left, area.right),
                   inside(top, full_height, area.top, area.bottom), full_width, full_height,
                   SWP_NOZORDER | SWP_NOACTIVATE);
}

} // namespace lockstep
