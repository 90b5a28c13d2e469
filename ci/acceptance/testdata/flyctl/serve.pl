# Answers every request with its version, or 500 when the file sick exists.
use strict;
use IO::Socket::IP;
$SIG{INT} = $SIG{TERM} = sub { exit 0 };
my $listener = IO::Socket::IP->new(LocalHost => "::", LocalPort => 8080, Listen => 9, ReuseAddr => 1) or die "listen: $@";
print STDERR "version $ENV{VERSION} listens\n";
while (my $client = $listener->accept) {
	1 while defined($_ = <$client>) && /\S/;
	print $client $ENV{SICK} ? "HTTP/1.0 500 sick\r\n\r\n" : "HTTP/1.0 200 OK\r\n\r\n$ENV{VERSION} $ENV{GREETING}\n";
	close $client;
}
