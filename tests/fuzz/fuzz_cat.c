/* Files of CAT events, checked and shown in every form. */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "rec/zio.h"
#include "report/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct exch_stream_info none = {.text = ""};

/* The tables of the package, read once. */
static const struct exch_given *
tables(const struct exch_report *report)
{
	static struct exch_given given[EXCH_PARAMS_MAX];
	static char text[EXCH_PARAMS_MAX][1 << 17];
	const char *top = getenv("top_srcdir");
	const char *src = top != NULL ? top : getenv("srcdir");

	for (unsigned i = 0; report->params[i].name != NULL; i++) {
		char path[512];
		FILE *f;

		if (report->params[i].stock == NULL || given[i].text != NULL)
			continue;
		snprintf(path, sizeof(path), "%s/data/report/%s",
		    src != NULL ? src : ".", report->params[i].stock);
		f = fopen(path, "rb");
		if (f == NULL) {
			perror(path);
			exit(1);
		}
		given[i].n = fread(text[i], 1, sizeof(text[i]) - 1, f);
		given[i].text = text[i];
		given[i].value = report->params[i].stock;
		fclose(f);
	}
	return given;
}

static void
take(const uint8_t *data, size_t size, enum exch_report_file how,
    enum exch_format format)
{
	const struct exch_report *report = exch_report_by_name("cat");
	struct exch_report_opts o = {
	    .format = format, .file = true, .given = tables(report)};
	struct exch_report_run *run = NULL;
	struct exch_diag d = {0};
	struct exch_out *out = NULL;
	struct exch_in *in = NULL;

	if (exch_out_mem(&out) == 0 &&
	    exch_in_mem(data, size, "fuzz_OrderEvents_1", &in, &d) == 0 &&
	    exch_report_new(report, &o, &none, out, &run, &d) == 0)
		(void)exch_report_take_file(run, how, in, &d);
	exch_report_free(run);
	exch_in_close(in);
	exch_out_free(out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 100000)
		return 0;
	take(data, size, EXCH_FILE_CHECK, EXCH_FMT_CSV);
	take(data, size, EXCH_FILE_SHOW, EXCH_FMT_TEXT);
	take(data, size, EXCH_FILE_SHOW, EXCH_FMT_CSV);
	take(data, size, EXCH_FILE_SHOW, EXCH_FMT_JSON);
	return 0;
}
