# For those who have Vivado: synthesis, placement and routing of a lane on
# its own in the U280's part, at 250 MHz.  Written by its documentation and
# not tried; what it reports, and nothing else, may be called timing closure.
#
#	cd fpga/synth && vivado -mode batch -source vivado.tcl
set here [file dirname [file normalize [info script]]]
set rtl [file join $here .. rtl]
set part xcu280-fsvh2892-2L-e

create_project -in_memory -part $part
foreach m {p ram ffs bit check event core skid door lane} {
	read_verilog -sv [file join $rtl exch_$m.sv]
}
# Out of context: the ports are no pins.
synth_design -top exch_lane -part $part -mode out_of_context \
	-generic SB=16 -flatten_hierarchy rebuilt
create_clock -name clk -period 4.000 [get_ports clk]
opt_design
place_design
phys_opt_design
route_design
report_utilization -file utilization.rpt
report_timing_summary -max_paths 10 -file timing.rpt
puts "worst slack: [get_property SLACK [get_timing_paths]] ns of 4.000"
