/*
 * What the ladder looks like (ladder.h).  From the top: what it is and when,
 * the figures of the day, an auction, headings; then offers from the farthest
 * to the best, the spread, bids from the best on; and a line of help.  To the
 * right of it the tape, where there is room.
 *
 *	   bid |   price | offer
 *
 * Quantities have bars as long as they are against the largest that is shown.
 */
#include <config.h>

#include "exch-feed/ladder.h"

#ifdef HAVE_NCURSES

#include <curses.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/px32.h"
#include "base/time.h"

#define TOP_ROWS 4
#define LEAST_ROWS (TOP_ROWS + 4) /* one level a side, spread and help */
#define BAR 10
#define QTY 10
#define PRICE 12
#define TAPE_AT (2 * BAR + 2 * QTY + PRICE + 2)
#define TAPE_COLS 26
#define WITHOUT_BARS (2 * QTY + PRICE)

enum { PAIR_BID = 1, PAIR_ASK = 2 };

static struct {
	SCREEN *screen;
	FILE *keys, *out;
	FILE *said; /* what was written to standard error meanwhile */
	int error;  /* the real one; -1: it is no terminal */
	bool colour;
	struct sigaction quit; /* as it was */
} term = {.error = -1};

/* ---- the terminal ---- */

/* Messages would stand in the middle of the screen: they come behind. */
static void
hold_back(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	term.said = tmpfile();
	term.error = term.said != NULL ? dup(STDERR_FILENO) : -1;
	if (term.error >= 0)
		(void)dup2(fileno(term.said), STDERR_FILENO);
}

static void
let_go(void)
{
	char buf[4096];
	size_t n;

	if (term.error >= 0) {
		(void)fflush(stderr);
		(void)dup2(term.error, STDERR_FILENO);
		(void)close(term.error);
		rewind(term.said);
		while ((n = fread(buf, 1, sizeof(buf), term.said)) > 0)
			(void)fwrite(buf, 1, n, stderr);
	}
	if (term.said != NULL)
		(void)fclose(term.said);
	term.said = NULL;
	term.error = -1;
}

static int
none(struct exch_diag *d, const char *why)
{
	ladder_screen_close();
	return exch_diag_set(
	    d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0, "%s", why);
}

static void
set_colours(void)
{
	const char *no = getenv("NO_COLOR");

	term.colour = (no == NULL || *no == '\0') && has_colors() &&
		      start_color() == OK && use_default_colors() == OK &&
		      init_pair(PAIR_BID, COLOR_GREEN, -1) == OK &&
		      init_pair(PAIR_ASK, COLOR_RED, -1) == OK;
}

int
ladder_screen_open(struct exch_diag *d)
{
	static const char unknown[] =
	    "this terminal is not known: set TERM to what it is, such as "
	    "xterm or vt100";
	struct sigaction ignore = {0};
	const char *cup;

	if (!isatty(STDOUT_FILENO))
		return none(d, "the ladder is shown in a terminal, and "
			       "standard output is none: exch-feed depth "
			       "writes books");
	/* keys come from the terminal while the stream comes from a pipe */
	term.keys = fopen("/dev/tty", "r");
	term.out = fdopen(dup(STDOUT_FILENO), "w");
	if (term.keys == NULL || term.out == NULL)
		return none(d, "the ladder needs a terminal to hear keys from, "
			       "and there is no /dev/tty");
	hold_back();
	term.screen = newterm(NULL, term.out, term.keys);
	if (term.screen == NULL)
		return none(d, unknown);
	(void)set_term(term.screen);
	cup = tigetstr("cup");
	if (cup == NULL || cup == (char *)-1) {
		ladder_screen_close();
		return none(d, unknown);
	}
	ignore.sa_handler = SIG_IGN;
	(void)sigaction(SIGQUIT, &ignore, &term.quit);
	(void)cbreak();
	(void)noecho();
	(void)curs_set(0);
	(void)keypad(stdscr, TRUE);
	(void)set_escdelay(50);
	set_colours();
	return EXCH_OK;
}

void
ladder_screen_close(void)
{
	if (term.screen != NULL) {
		(void)endwin();
		(void)sigaction(SIGQUIT, &term.quit, NULL);
		delscreen(term.screen);
		term.screen = NULL;
	}
	if (term.keys != NULL)
		(void)fclose(term.keys);
	if (term.out != NULL)
		(void)fclose(term.out);
	term.keys = term.out = NULL;
	let_go();
}

unsigned
ladder_screen_rows(void)
{
	return LINES > TOP_ROWS + 2 ? (unsigned)(LINES - TOP_ROWS - 2 + 1) / 2
				    : 0;
}

int
ladder_screen_key(int ms)
{
	struct pollfd fd = {.fd = fileno(term.keys), .events = POLLIN};
	int c;

	/* what was typed may have been read already */
	timeout(0);
	c = getch();
	if (c == ERR && poll(&fd, 1, ms) > 0) {
		if ((fd.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
			return LADDER_KEY_GONE;
		c = getch();
	}
	if (c == ERR)
		return LADDER_KEY_NONE;
	if (c == KEY_RESIZE)
		return LADDER_KEY_RESIZED;
	if (c == KEY_ENTER)
		return '\n';
	if (c == KEY_BACKSPACE)
		return 127;
	return c < 256 ? c : 0;
}

/* ---- texts ---- */

/* A name of the stream may have anything in it. */
static void
put_name(const char *s, size_t most)
{
	for (size_t i = 0; i < most && s[i] != '\0'; i++)
		(void)addch(s[i] >= ' ' && s[i] < 127 ? (chtype)s[i] : '?');
}

static const char *
px_text(char *p, exch_px v, const struct exch_inst *in)
{
	char *end = p;

	if (v == EXCH_PX_NONE)
		*end++ = '-';
	else if ((in->px_show & EXCH_SHOW_32NDS) != 0)
		end = exch_px32_put(p, v, in->px_decimals);
	else
		end = exch_fmt_px(p, v, in->px_decimals);
	*end = '\0';
	return p;
}

static const char *
qty_text(char *p, exch_u128 v, const struct exch_inst *in)
{
	*exch_dec128_put(p, (exch_i128)v, in->qty_scale, 0) = '\0';
	return p;
}

/*
 * What does not fit loses its last digits, with a ~ before it: decimals, then
 * thousands, which a letter stands for.
 */
static const char *
fit(char *text, size_t width)
{
	char *dot = strchr(text, '.');
	size_t n = strlen(text);
	size_t drop = 0;

	if (n <= width)
		return text;
	if (dot != NULL && (size_t)(dot - text) + 1 <= width) {
		n = width - 1;
		n -= text + n == dot + 1;
	} else {
		n = dot != NULL ? (size_t)(dot - text) : n;
		while (drop < 6 && n > 3 && n + 2 > width) {
			n -= 3;
			drop++;
		}
		text[n] = drop != 0 ? " kMGTPE"[drop] : '\0';
		n += drop != 0;
	}
	memmove(text + 1, text, n);
	text[0] = '~';
	text[n + 1] = '\0';
	return text;
}

/* Local, with so many bytes of HH:MM:SS.nnnnnnnnn. */
static const char *
time_text(char *p, exch_ts t, const struct exch_tz *tz, size_t n)
{
	const exch_i128 day = (exch_i128)86400 * (exch_i128)EXCH_SEC;
	exch_i128 local;

	if (t == EXCH_TS_NONE)
		return "-";
	local = (exch_i128)t +
		(exch_i128)exch_tz_offset(tz, t) * (exch_i128)EXCH_SEC;
	(void)exch_tod_put(p, (uint64_t)((local % day + day) % day));
	p[n] = '\0';
	return p;
}

/* ---- the screen ---- */

static void
put_title(const struct ladder_view *v)
{
	char text[24];

	(void)attron(A_REVERSE);
	(void)mvhline(0, 0, ' ', COLS);
	(void)move(0, 1);
	put_name(v->symbol, v->in != NULL ? v->in->nsymbol : strlen(v->symbol));
	(void)mvprintw(0, 16, "%s", time_text(text, v->time, v->tz, 15));
	if (v->phase != NULL)
		(void)mvprintw(0, 34, "%s", v->phase);
	(void)mvprintw(0, COLS > 58 ? COLS - 20 : 48, "%19s", v->state);
	(void)attroff(A_REVERSE);
}

static void
put_figures(const struct ladder_view *v)
{
	char last[64], vwap[64], volume[64], paired[64], rest[64];

	(void)mvprintw(1, 1, "last %s  vwap %s  volume %s  trades %llu",
	    px_text(last, v->last, v->in), px_text(vwap, v->vwap, v->in),
	    qty_text(volume, v->volume, v->in), (unsigned long long)v->trades);
	if (!v->auctions)
		return;
	(void)mvprintw(2, 1, "auction %s  paired %s  imbalance %s%s",
	    px_text(last, v->auction, v->in),
	    qty_text(paired, v->paired, v->in),
	    qty_text(rest, v->imbalance, v->in),
	    v->imbalance == 0		     ? ""
	    : v->imbalance_side == EXCH_BUY  ? " to buy"
	    : v->imbalance_side == EXCH_SELL ? " to sell"
					     : "");
}

static exch_qty
largest(const struct ladder_view *v, unsigned rows)
{
	exch_qty most = 1;

	for (unsigned i = 0; i < rows && i < v->nbids; i++)
		most = v->bid[i].qty > most ? v->bid[i].qty : most;
	for (unsigned i = 0; i < rows && i < v->nasks; i++)
		most = v->ask[i].qty > most ? v->ask[i].qty : most;
	return most;
}

/* Its bar has at least one mark, and all of them for the largest. */
static int
bar(exch_qty qty, exch_qty most)
{
	int n = (int)((exch_u128)qty * BAR / most);

	return n > 0 ? n : 1;
}

static void
put_level(int y, const struct ladder_view *v, const struct ladder_level *l,
    bool bid, exch_qty most)
{
	char px[64], qty[64];
	bool bars = COLS >= TAPE_AT - 2;
	int left = bars ? BAR : 0;
	int n = bar(l->qty, most);

	(void)px_text(px, l->price, v->in);
	(void)qty_text(qty, l->qty, v->in);

	if (term.colour)
		(void)attron(COLOR_PAIR(bid ? PAIR_BID : PAIR_ASK));
	(void)mvprintw(y, left + QTY, "%*s", PRICE - 1, fit(px, PRICE - 1));
	(void)mvprintw(
	    y, bid ? left : left + QTY + PRICE, "%*s", QTY, fit(qty, QTY));
	if (bars)
		(void)mvhline(
		    y, bid ? BAR - n : left + 2 * QTY + PRICE + 1, '#', n);
	if (term.colour)
		(void)attroff(COLOR_PAIR(bid ? PAIR_BID : PAIR_ASK));
}

static void
put_spread(int y, const struct ladder_view *v)
{
	char text[64];
	exch_px spread;
	int left = (COLS >= TAPE_AT - 2 ? BAR : 0) + QTY;

	if (v->nbids == 0 || v->nasks == 0)
		(void)mvprintw(y, left, "%*s", PRICE - 1, "-");
	else if (__builtin_sub_overflow(
		     v->ask[0].price, v->bid[0].price, &spread))
		(void)mvprintw(y, left, "%*s", PRICE - 1, "-");
	else if (spread <= 0)
		(void)mvprintw(y, left, "%*s", PRICE - 1, "crossed");
	else
		(void)mvprintw(y, left, "%*s", PRICE - 1,
		    (px_text(text, spread, v->in), fit(text, PRICE - 1)));
	(void)mvchgat(y, left, PRICE - 1, A_DIM, 0, NULL);
}

static void
put_tape(const struct ladder_view *v, int rows)
{
	char time[24], px[64], qty[64];

	if (v->tape == NULL || COLS < TAPE_AT + TAPE_COLS)
		return;
	for (int i = 0; i < rows && i < LADDER_TAPE && (uint64_t)i < v->tape->n;
	     i++) {
		const struct ladder_print *p =
		    &v->tape
			 ->print[(v->tape->n - 1 - (uint64_t)i) % LADDER_TAPE];
		bool bought = p->side == EXCH_BUY;
		short pair = (short)(bought ? PAIR_BID : PAIR_ASK);
		bool known = bought || p->side == EXCH_SELL;

		if (term.colour && known)
			(void)attron(COLOR_PAIR(pair));
		(void)mvprintw(TOP_ROWS + i, TAPE_AT, "%s",
		    time_text(time, p->time, v->tz, 8));
		(void)qty_text(qty, p->qty, v->in);
		(void)px_text(px, p->price, v->in);
		(void)printw(" %c%6s %9s", known ? (bought ? '+' : '-') : ' ',
		    fit(qty, 6), fit(px, 9));
		if (term.colour && known)
			(void)attroff(COLOR_PAIR(pair));
	}
}

static void
put_headings(void)
{
	int left = COLS >= TAPE_AT - 2 ? BAR : 0;

	(void)attron(A_BOLD);
	(void)mvprintw(3, left, "%*s%*s %*s", QTY, "bid", PRICE - 1, "price",
	    QTY, "offer");
	if (COLS >= TAPE_AT + TAPE_COLS)
		(void)mvprintw(3, TAPE_AT, "trades");
	(void)attroff(A_BOLD);
}

void
ladder_screen_show(const struct ladder_view *v)
{
	static const char help[] = "SPACE pause  n step  + - speed  m as it "
				   "comes  g go to  TAB next  q quit";
	int rows = (int)ladder_screen_rows();
	int asks = LINES - TOP_ROWS - 2 - (LINES - TOP_ROWS - 2) / 2;
	int spread = TOP_ROWS + asks;
	exch_qty most;

	(void)erase();
	if (LINES < LEAST_ROWS || COLS < WITHOUT_BARS) {
		(void)mvaddnstr(0, 0, "too small", COLS);
		(void)refresh();
		return;
	}
	put_title(v);
	if (v->in != NULL) {
		most = largest(v, (unsigned)rows);
		put_figures(v);
		put_headings();
		for (int i = 0; i < asks && i < (int)v->nasks; i++)
			put_level(spread - 1 - i, v, &v->ask[i], false, most);
		put_spread(spread, v);
		for (int i = 0; spread + 1 + i < LINES - 1 && i < (int)v->nbids;
		     i++)
			put_level(spread + 1 + i, v, &v->bid[i], true, most);
		put_tape(v, LINES - TOP_ROWS - 1);
	} else {
		(void)mvprintw(1, 1, "not announced so far");
	}
	(void)move(LINES - 1, 0);
	(void)addnstr(v->said != NULL ? v->said : help, COLS - 1);
	(void)refresh();
}

#else

int
ladder_screen_open(struct exch_diag *d)
{
	return exch_diag_set(d, EXCH_ERR_NEED, NULL, EXCH_POS_NONE, 0,
	    "this exch-feed was built without ncurses: install it "
	    "(libncurses-dev) and build again");
}

void
ladder_screen_close(void)
{
}

unsigned
ladder_screen_rows(void)
{
	return 0;
}

void
ladder_screen_show(const struct ladder_view *v)
{
	(void)v;
}

int
ladder_screen_key(int ms)
{
	(void)ms;
	return LADDER_KEY_NONE;
}

#endif
