/* Pictures of the whole day (pictures.h). */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "plot/ticks.h"
#include "rec/schema.h"
#include "report/pictures.h"

/* ---- sizes ---- */

/* The digits behind the point that most orders and trades have. */
static unsigned
main_scale(const struct exch_incidents *x, uint64_t *others)
{
	uint64_t all = 0, most = 0;
	unsigned at = 0;

	for (unsigned i = 0; i < EXCH_ARRAY_LEN(x->size); i++) {
		uint64_t n = 0;

		for (unsigned k = 0; k < EXCH_SIZE_CLASSES; k++)
			n += x->size[i].orders[k] + x->size[i].trades[k];
		all += n;
		if (n > most) {
			most = n;
			at = i;
		}
	}
	*others = all - most;
	return at;
}

/* Where a class begins. */
static const char *
size_name(struct exch_picture *pic, unsigned class, unsigned scale)
{
	exch_qty from = class == 0 ? 0 : exch_size_end(class - 1) + 1;
	char text[EXCH_FMT_MAX];

	*exch_fmt_qty(text, from, scale) = '\0';
	return exch_picture_text(pic, "%s", text);
}

static void
size_classes(
    struct exch_picture *pic, const struct exch_sizes *s, unsigned scale)
{
	unsigned first = EXCH_SIZE_CLASSES, last = 0, n;
	int64_t *orders, *trades;
	const char **name;

	for (unsigned k = 0; k < EXCH_SIZE_CLASSES; k++)
		if (s->orders[k] + s->trades[k] != 0) {
			first = k < first ? k : first;
			last = k;
		}
	n = first <= last ? last - first + 1 : 0;
	orders = exch_picture_values(pic, n);
	trades = exch_picture_values(pic, n);
	name = exch_picture_room(pic, n, sizeof(*name));
	pic->plot.n = n;
	pic->plot.names = name;
	for (unsigned i = 0; !pic->failed && i < n; i++) {
		name[i] = size_name(pic, first + i, scale);
		orders[i] = exch_picture_qty(s->orders[first + i]);
		trades[i] = exch_picture_qty(s->trades[first + i]);
	}
	exch_picture_series(exch_picture_panel(pic, "orders", 0, 0, 90),
	    "orders", EXCH_PLOT_BAR, 0, orders);
	exch_picture_series(exch_picture_panel(pic, "trades", 0, 0, 90),
	    "trades", EXCH_PLOT_BAR, 1, trades);
	pic->plot.panel[0].zero = true;
	pic->plot.panel[1].zero = true;
}

int
exch_picture_sizes(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	uint64_t others;
	unsigned scale = main_scale(&day->incidents, &others);

	(void)slot;
	(void)d;
	pic->plot.form = EXCH_PLOT_CLASS;
	pic->plot.title = "Sizes of orders and trades";
	pic->plot.x = "quantity from, up to twice as much";
	size_classes(pic, &day->incidents.size[scale], scale);
	pic->plot.about = exch_picture_text(pic,
	    "How many orders came and how many trades were made, by their "
	    "quantity, of all instruments.%s",
	    others > 0
		? "  Instruments whose quantities have another unit are left "
		  "out."
		: "");
	if (pic->plot.n == 0)
		pic->empty = "The stream has neither orders nor trades.";
	return EXCH_OK;
}

/* ---- latency ---- */

/* Classes of 1, 2 and 5 times powers of ten ns, up to hours. */
#define TIME_CLASSES 44

static uint64_t
class_end(unsigned k)
{
	static const unsigned part[] = {1, 2, 5};

	return k == 0 ? 0 : exch_pow10[(k - 1) / 3] * part[(k - 1) % 3];
}

static unsigned
class_of(uint64_t ns)
{
	unsigned k = 0;

	while (k < TIME_CLASSES - 1 && class_end(k) < ns)
		k++;
	return k;
}

static const char *
class_name(struct exch_picture *pic, unsigned k)
{
	static const char *const unit[] = {"ns", "us", "ms", "s", "ks"};
	uint64_t v = class_end(k);
	unsigned u = 0;

	for (; v >= 1000 && u < 4; u++)
		v /= 1000;
	return exch_picture_text(
	    pic, "%u %s", (unsigned)v, k == 0 ? "" : unit[u]);
}

struct stage {
	char name[24];
	int64_t count[TIME_CLASSES];
};

struct latency {
	struct stage stage[EXCH_PLOT_PANELS_MAX];
	unsigned n;
	unsigned first, last; /* classes that have any */
};

static int
take_class(void *arg, const struct exch_part_row *row, struct exch_diag *d)
{
	const char *name = exch_part_cell(row, "stage");
	int64_t to = exch_part_number(row, "to", 9);
	int64_t count = exch_part_number(row, "count", 0);
	struct latency *x = arg;
	unsigned i = 0, k;

	(void)d;
	if (to == INT64_MAX || count == INT64_MAX)
		return EXCH_OK;
	while (i < x->n && strcmp(x->stage[i].name, name) != 0)
		i++;
	if (i == EXCH_PLOT_PANELS_MAX)
		return EXCH_OK;
	if (i == x->n) {
		size_t n = strnlen(name, sizeof(x->stage[i].name) - 1);

		memcpy(x->stage[i].name, name, n);
		x->n++;
	}
	k = class_of((uint64_t)to);
	x->stage[i].count[k] += count;
	x->first = k < x->first ? k : x->first;
	x->last = k > x->last ? k : x->last;
	return EXCH_OK;
}

static void
latency_panels(struct exch_picture *pic, const struct latency *x)
{
	uint32_t n = x->last - x->first + 1;
	const char **name = exch_picture_room(pic, n, sizeof(*name));

	pic->plot.n = n;
	pic->plot.names = name;
	for (uint32_t k = 0; name != NULL && k < n; k++)
		name[k] = class_name(pic, x->first + k);
	for (unsigned i = 0; i < x->n; i++) {
		int64_t *y = exch_picture_values(pic, n);
		struct exch_plot_panel *p;
		const char *stage =
		    exch_picture_text(pic, "%s", x->stage[i].name);

		for (uint32_t k = 0; y != NULL && k < n; k++)
			if (x->stage[i].count[x->first + k] != 0)
				y[k] = x->stage[i].count[x->first + k];
		p = exch_picture_panel(pic, stage, 0, 0, 64);
		p->zero = true;
		exch_picture_series(p, stage, EXCH_PLOT_BAR, i % 2, y);
	}
}

int
exch_picture_latency(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	struct latency *x = exch_picture_room(pic, 1, sizeof(*x));
	int rc;

	(void)slot;
	pic->plot.form = EXCH_PLOT_CLASS;
	pic->plot.title = "Latency";
	pic->plot.x = "up to this time, in classes of 1, 2 and 5";
	pic->plot.about =
	    "How long it took from one record to another, by stage: how many "
	    "took up to each time and longer than the one before.  Times are "
	    "those of the records: a replay answers at once.";
	if (x == NULL)
		return exch_report_nomem(d);
	x->first = TIME_CLASSES;
	rc = exch_part_rows(&day->latency, take_class, x, d);
	if (rc != EXCH_OK)
		return rc;
	if (x->n == 0)
		pic->empty =
		    "No command was answered: exch-match answers them, "
		    "and has to be in the pipe.";
	else
		latency_panels(pic, x);
	return EXCH_OK;
}

/* ---- bars with names ---- */

#define NAMED_MAX 60

struct named {
	struct exch_picture *pic;
	const char *name[NAMED_MAX];
	int64_t value[NAMED_MAX];
	uint32_t n;
	uint64_t left; /* that there is no room for */
};

static void
add_named(struct named *x, const char *name, uint64_t value)
{
	if (value == 0)
		return;
	if (x->n == NAMED_MAX) {
		x->left++;
		return;
	}
	x->name[x->n] = name;
	x->value[x->n++] = exch_picture_qty(value);
}

/* Into the picture: the longest bar first, or in their order. */
static void
put_named(struct named *x, const char *label, const char *column, bool sorted,
    uint8_t colour)
{
	struct exch_picture *pic = x->pic;

	for (uint32_t i = 1; sorted && i < x->n; i++)
		for (uint32_t j = i; j > 0 && x->value[j] > x->value[j - 1];
		     j--) {
			int64_t v = x->value[j];
			const char *name = x->name[j];

			x->value[j] = x->value[j - 1];
			x->name[j] = x->name[j - 1];
			x->value[j - 1] = v;
			x->name[j - 1] = name;
		}
	pic->plot.form = EXCH_PLOT_NAMED;
	pic->plot.n = x->n;
	pic->plot.names = x->name;
	pic->plot.x = column;
	exch_picture_series(exch_picture_panel(pic, label, 0, 0, 0), label,
	    EXCH_PLOT_BAR, colour, x->value);
}

static int
take_fidelity(void *arg, const struct exch_part_row *row, struct exch_diag *d)
{
	const char *measure = exch_part_cell(row, "measure");
	const char *cause = exch_part_cell(row, "cause");
	int64_t count = exch_part_number(row, "count", 0);
	struct named *x = arg;

	(void)d;
	if (strcmp(exch_part_cell(row, "symbol"), "total") != 0 ||
	    count == INT64_MAX || strncmp(measure, "groups", 6) == 0 ||
	    strcmp(measure, "expected") == 0)
		return EXCH_OK;
	add_named(x,
	    *cause == '\0'
		? exch_picture_text(x->pic, "%s", measure)
		: exch_picture_text(x->pic, "%s: %s", measure, cause),
	    (uint64_t)count);
	return EXCH_OK;
}

int
exch_picture_fidelity(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	struct named *x = exch_picture_room(pic, 1, sizeof(*x));
	int rc;

	(void)slot;
	pic->plot.title = "Fidelity";
	pic->plot.about = "The venue's own executions against those of the "
			  "engine: given too, missed or imposed, with their "
			  "causes, of all instruments.";
	if (x == NULL)
		return exch_report_nomem(d);
	x->pic = pic;
	rc = exch_part_rows(&day->fidelity, take_fidelity, x, d);
	if (rc != EXCH_OK)
		return rc;
	put_named(x, "executions", "what", false, 2);
	if (x->n == 0)
		pic->empty =
		    "Nothing was compared: the stream does not carry the "
		    "venue's own executions, which exch-replay takes from "
		    "market data and exch-match compares.";
	return EXCH_OK;
}

int
exch_picture_rejects(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	const struct exch_incidents *i = &day->incidents;
	bool gate = false;
	struct named *x = exch_picture_room(pic, 1, sizeof(*x));

	(void)slot;
	pic->plot.title = "Refusals by reason";
	pic->plot.about = "Commands that the matcher refused, by its reason, "
			  "and those that a gate refused or held, by its rule.";
	if (x == NULL)
		return exch_report_nomem(d);
	x->pic = pic;
	for (unsigned k = 0; k < EXCH_RULES; k++)
		gate |= i->refused[k] != 0;
	for (uint16_t k = 0; k < EXCH_INCIDENT_REJECTS; k++) {
		const char *w = exch_word_of(exch_words_reject, k);

		/* what a gate refused is said by the matcher, too: once */
		if (gate && k >= EXCH_REJ_RISK)
			break;

		if (i->reject[k] != 0)
			add_named(x,
			    exch_picture_text(
				pic, "refused: %s", w != NULL ? w : "other"),
			    i->reject[k]);
	}
	for (unsigned k = 0; k < EXCH_RULES; k++) {
		const char *w = exch_word_of(exch_words_rule, (uint16_t)k);

		w = w != NULL ? w : "other";
		if (i->refused[k] != 0)
			add_named(x,
			    exch_picture_text(pic, "gate refused: %s", w),
			    i->refused[k]);
		if (i->held[k] != 0)
			add_named(x, exch_picture_text(pic, "gate held: %s", w),
			    i->held[k]);
	}
	put_named(x, "commands", "reason", true, 1);
	if (x->n == 0)
		pic->empty = "No command was refused, and no gate spoke "
			     "against one: exch-risk --limits is a gate.";
	return EXCH_OK;
}

/* ---- alerts ---- */

#define ALERT_ROWS 40

struct alerts {
	struct exch_day *day;
	struct exch_picture *pic;
	struct exch_plot_mark *mark;
	uint32_t n, cap;
	char row[ALERT_ROWS][40];
	const char *name[ALERT_ROWS];
	uint32_t nrows;
	uint64_t left;
	struct exch_buf text; /* of all marks, each with its NUL */
	size_t at[1024];      /* where each text begins */
};

static uint32_t
row_of(struct alerts *x, const char *what, const char *which)
{
	char name[40];
	uint32_t i = 0;
	size_t n = strnlen(what, 16), k = strnlen(which, 20);

	memcpy(name, what, n);
	memcpy(name + n, which, k);
	name[n + k] = '\0';
	while (i < x->nrows && strcmp(x->row[i], name) != 0)
		i++;
	if (i == x->nrows && i < ALERT_ROWS) {
		memcpy(x->row[i], name, sizeof(name));
		x->name[i] = x->row[i];
		x->nrows++;
	}
	return i < ALERT_ROWS ? i : ALERT_ROWS - 1;
}

/* A mark whose text comes next, up to the NUL; false: no room. */
static bool
add_mark(struct alerts *x, exch_ts time, uint32_t row, uint8_t weight)
{
	if (x->n == x->cap) {
		x->left++;
		return false;
	}
	x->at[x->n] = x->text.len;
	x->mark[x->n++] =
	    (struct exch_plot_mark){.time = time, .row = row, .weight = weight};
	return true;
}

static void
add_incident(struct alerts *x, const struct exch_incident *i)
{
	static const char *const what[] = {
	    "alert: ", "kill switch: ", "held: "};
	const struct exch_report_run *run = x->day->run;
	const char *rule = exch_word_of(exch_words_rule, i->rule);
	const struct exch_account *a =
	    exch_insts_account(&run->insts, i->account);

	if (!add_mark(x, i->time,
		row_of(x, what[i->kind], rule != NULL ? rule : "other"),
		i->severity))
		return;
	if (a != NULL)
		exch_buf_add(&x->text, a->name, a->n);
	else if (i->account != 0)
		exch_buf_fmt(&x->text, "account %u", i->account);
	if (i->place != UINT32_MAX) {
		exch_buf_char(&x->text, ' ');
		exch_buf_add(&x->text, run->insts.inst[i->place].symbol,
		    run->insts.inst[i->place].nsymbol);
	}
	if (i->text[0] != '\0') {
		exch_buf_str(&x->text, ": ");
		exch_buf_str(&x->text, i->text);
	}
	exch_buf_char(&x->text, '\0');
}

static int
take_alert(void *arg, const struct exch_part_row *row, struct exch_diag *d)
{
	const char *start = exch_part_cell(row, "start");
	struct alerts *x = arg;
	exch_ts t;

	(void)d;
	if (exch_ts_parse(start, strlen(start), &t) != 0)
		return EXCH_OK;
	if (!add_mark(x, t,
		row_of(x, "surveil: ", exch_part_cell(row, "pattern")), 2))
		return EXCH_OK;
	exch_buf_str(&x->text, exch_part_cell(row, "accounts"));
	exch_buf_char(&x->text, ' ');
	exch_buf_str(&x->text, exch_part_cell(row, "symbol"));
	exch_buf_str(&x->text, ", score ");
	exch_buf_str(&x->text, exch_part_cell(row, "score"));
	exch_buf_str(&x->text, ": ");
	exch_buf_str(&x->text, exch_part_cell(row, "evidence"));
	exch_buf_char(&x->text, '\0');
	return EXCH_OK;
}

/* Texts do not move any more. */
static void
end_marks(struct alerts *x)
{
	struct exch_picture *pic = x->pic;
	char *text = exch_picture_room(pic, x->text.len + 1, 1);

	if (text == NULL || x->text.failed) {
		pic->failed = true;
		return;
	}
	if (x->text.len > 0)
		memcpy(text, x->text.p, x->text.len);
	for (uint32_t i = 0; i < x->n; i++)
		x->mark[i].text = text + x->at[i];
	pic->plot.mark = x->mark;
	pic->plot.nmarks = x->n;
	pic->plot.names = x->name;
	pic->plot.nnames = x->nrows;
}

int
exch_picture_alerts(struct exch_day *day, uint32_t slot,
    struct exch_picture *pic, struct exch_diag *d)
{
	struct alerts *x = exch_picture_room(pic, 1, sizeof(*x));
	int rc = EXCH_OK;

	(void)slot;
	exch_picture_time(pic, day);
	pic->plot.form = EXCH_PLOT_MARKS;
	pic->plot.title = "Alerts";
	pic->plot.x = "alerts by kind: the larger, the graver";
	if (x != NULL)
		x->mark = exch_picture_room(
		    pic, EXCH_ARRAY_LEN(x->at), sizeof(*x->mark));
	if (x == NULL || x->mark == NULL)
		return exch_report_nomem(d);
	x->day = day;
	x->pic = pic;
	x->cap = EXCH_ARRAY_LEN(x->at);
	for (uint32_t i = 0; i < day->incidents.n; i++)
		add_incident(x, &day->incidents.one[i]);
	rc = exch_part_rows(&day->surveil, take_alert, x, d);
	x->left += day->incidents.all - day->incidents.n;
	if (rc == EXCH_OK)
		end_marks(x);
	pic->plot.about = exch_picture_text(pic,
	    "What monitors and gates said (exch-risk), and what the report "
	    "surveil found, each where it began.%s",
	    x->left > 0 ? "  There are more, which are not shown." : "");
	if (x->n == 0)
		pic->empty =
		    "Nobody said an alert, and surveil found none: exch-risk "
		    "writes alerts with --limits, and both need accounts.";
	exch_buf_free(&x->text);
	return rc;
}
