# The table of a mutation run, from its fates; see mutate.sh.
#
# In `known' a survivor is a line of class, file and text, tabs between, and
# the reason follows in lines that begin with a tab.  Classes: proven (a miter
# of both is proven equal), argued (by the reason), alive (it should die).
BEGIN {
	printf "" >left
	while ((getline line <known) > 0) {
		if (line ~ /^(#|\t|$)/)
			continue
		n = split(line, part, "\t")
		class[part[2] FS part[3]] = part[1]
	}
}

{
	key = $4 FS $7
	all[$4]++
	if ($1 != "lives") {
		killed[$4]++
		how[$1]++
		by[$2]++
		if (key in class)
			stale[key]
		next
	}
	if (key in class) {
		is[$4, class[key]]++
		next
	}
	print $3 FS $4 FS $5 FS $6 FS $7 >left
	is[$4, "left"]++
}

function row(name, n, k, p, a, l) {
	printf "%-14s %7d %7d %7d %7d %7d %7.1f %%\n", name, n, k, p, a, l,
		(n > p + a ? 100 * k / (n - p - a) : 100)
}

END {
	n = 0
	printf "%-14s %7s %7s %7s %7s %7s %9s\n", "file", "mutants", "killed",
		"proven", "argued", "left", "killed"
	m = split("core lane door check event bit ram ffs skid p " \
		"card window cache post fetch", file, " ")
	for (i = 1; i <= m; i++) {
		f = "exch_" file[i] ".sv"
		if (!(f in all))
			continue
		l = is[f, "left"] + is[f, "alive"]
		row(f, all[f], killed[f], is[f, "proven"], is[f, "argued"], l)
		n += all[f]
		k += killed[f]
		p += is[f, "proven"]
		a += is[f, "argued"]
		t += l
		new += is[f, "left"]
	}
	row("all", n, k, p, a, t)
	printf "of those killed %d differed, %d stopped, %d took other cycles\n",
		how["differed"], how["stopped"], how["cycles"]
	for (i = 1; i <= 20; i++)
		if (i in by)
			printf "%d by run %d\n", by[i], i
	if (quick)
		exit n == 0 || k < n * 7 / 10
	for (key in stale) {
		print "killed, but listed as a survivor: " key
		bad = 1
	}
	if (new > 0)
		print new " survivors are not explained: " left
	if (how["failed"] > 0 || new > 0 || n == 0 || k < (n - p - a) * 0.95)
		bad = 1
	exit bad
}
