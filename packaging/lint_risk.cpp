#include "packaging/lint_risk.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace lockstep {
namespace {

struct KindText {
    RiskKind kind;
    std::string_view name;
    std::string_view title;
};

constexpr std::array<KindText, 17> kind_texts{{
    {RiskKind::migration_fails, "migration-fails", "The migration fails on this copy"},
    {RiskKind::loss, "loss", "Rows and values that are gone or changed without the release's word"},
    {RiskKind::wrong_type, "wrong-type", "Values that don't fit the new type, or change by it"},
    {RiskKind::cut_number, "cut-number", "Text that was cut to the number at its beginning"},
    {RiskKind::cut_text, "cut-text", "Text that is longer than the new type allows"},
    {RiskKind::null_value, "null", "NULL where the new schema has NOT NULL"},
    {RiskKind::check, "check", "Rows that a new CHECK refuses"},
    {RiskKind::duplicate, "duplicate", "Duplicates where the new schema has UNIQUE"},
    {RiskKind::near_duplicate, "near-duplicate", "Values that differ only in case or accents"},
    {RiskKind::orphan, "orphan", "References to rows that are missing"},
    {RiskKind::no_mapping, "no-mapping", "Values that have no mapping"},
    {RiskKind::becomes_null, "becomes-null", "Values that become NULL"},
    {RiskKind::not_a_date, "not-a-date", "Dates that aren't"},
    {RiskKind::destructive_step, "destructive-step", "Steps that take rows away without the release's word"},
    {RiskKind::not_deterministic, "not-deterministic", "Steps that do otherwise on each laptop"},
    {RiskKind::newer_sqlite, "newer-sqlite", "What needs a newer SQLite"},
    {RiskKind::entry_point, "entry-point", "Entry points that a gate can't stand for"},
}};

const KindText& text_of(RiskKind kind) {
    return *std::ranges::find(kind_texts, kind, &KindText::kind);
}

} // namespace

bool LintReport::found() const {
    return std::ranges::any_of(risks, [](const Risk& risk) { return !risk.settled(); });
}

std::string risk_name(RiskKind kind) {
    return std::string(text_of(kind).name);
}

std::string risk_title(RiskKind kind) {
    return std::string(text_of(kind).title);
}

} // namespace lockstep
