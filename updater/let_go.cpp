#include "updater/let_go.h"

#include "payload/estimate.h"
#include "payload/language.h"

#include <algorithm>

namespace lockstep {
namespace {

constexpr std::size_t shown_losses = 10;

std::string sentence_part(const AllowedLoss& loss) {
    switch (loss.what) {
    case AllowedLoss::What::rows:
        return say(Message::rows_let_go, {so_many(loss.count, Message::one_row, Message::rows), loss.place});
    case AllowedLoss::What::table:
        return say(Message::table_let_go, {so_many(loss.count, Message::one_row, Message::rows), loss.place});
    case AllowedLoss::What::column:
        return say(Message::column_let_go,
                   {so_many(loss.count, Message::one_value, Message::values), loss.place});
    }
    return loss.place;
}

std::string listed(const std::vector<AllowedLoss>& let_go) {
    std::string text;
    for (std::size_t i = 0; i < std::min(let_go.size(), shown_losses); ++i)
        text += (i == 0 ? "" : ", ") + sentence_part(let_go[i]);
    if (let_go.size() > shown_losses)
        text += ", " + say(Message::more_let_go, {std::to_string(let_go.size() - shown_losses)});
    return text;
}

} // namespace

std::string updated_but(const std::string& product, const std::string& from, const std::string& to,
                        const std::vector<AllowedLoss>& let_go, const std::string& backup) {
    return say(Message::updated_but, {product, from, to}) + " " +
           say(Message::kept_except, {listed(let_go), backup});
}

} // namespace lockstep
